package framework
import ("testing";"strings";"time";"os")
func TestSlow(t *testing.T){
 b,_:=os.ReadFile("testdata/standin.en.txt"); s:=string(b)
 for _,n:=range []string{strings.Repeat("1 a\n\n",90000), strings.Repeat("a\n",200000), strings.Repeat("5 a\n\n",90000)} {
  t0:=time.Now(); _,err:=ParseOfficial(strings.NewReader(strings.Replace(s,"\n7. So", "\n"+n+"\n7. So",1))); t.Log(time.Since(t0), err!=nil) }
}
