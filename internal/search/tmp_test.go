package search_test
import ("testing";"time";"fmt";"slices";"os";"polis/internal/search";"polis/internal/access")
func BenchmarkTmp(b *testing.B){ dir:="/tmp/team/search/idx"; 
 entries,queries:=library(b,collections(b),100000)
 if _,err:=os.Stat(dir);err!=nil{ ix,_:=search.Open(dir); for p:=range slices.Chunk(entries,1000){ ix.Update(1,p,nil)}; time.Sleep(5*time.Second); ix.Close()}
 t0:=time.Now(); ix,err:=search.Open(dir); fmt.Println("open",time.Since(t0)); if err!=nil{b.Fatal(err)}; defer ix.Close()
if os.Getenv("COMPACT")!=""{ t:=time.Now(); c:=cpu(); fmt.Println(ix.Compact(b.Context()),time.Since(t),cpu()-c)}
 scope := access.Subject{ID: "p", Role: access.Trainer}.Scope()
 w:=0; for _,e:=range entries{ for _,p:=range e.Passages{ w+=len(p)}}; fmt.Println("bytes/doc",w/len(entries))
 mode:=os.Getenv("MODE")
 for r:=0;r<3;r++{ c:=cpu(); var ts []time.Duration; tot:=0
 for _,q:=range queries[:900]{ t:=time.Now(); a,err:=ix.Search(b.Context(),scope,search.Query{Text:q.Text,Lang:q.Lang,Limit:10,Facets:mode=="facets",Sort:map[string]search.Sort{"date":search.ByDate}[mode]}); if err!=nil{b.Fatal(err)}; tot+=a.Total; ts=append(ts,time.Since(t))}; fmt.Println("cpu/query",(cpu()-c)/900)
 slices.Sort(ts); fmt.Println("p50",ts[450],"p90",ts[810],"p99",ts[891],"mean total",tot/900)}
}
