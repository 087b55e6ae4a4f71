package discussion_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"polis/internal/community/discussion"
)

func called(id string) string {
	if id == "anna" {
		return "Anna <b>B</b>"
	}
	return "former member"
}

func TestMarkdownIsShownHarmlessly(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"a paragraph":                      {"Guten *Tag* **heute**", "<p>Guten <em>Tag</em> <strong>heute</strong></p>\n"},
		"a heading goes below the page":    {"# Eins\n\n#### Vier", "<h4>Eins</h4>\n<h6>Vier</h6>\n"},
		"a link says who wrote it":         {"[da](https://example.org/x \"t\")", `<p><a href="https://example.org/x" rel="nofollow ugc noopener">da</a></p>` + "\n"},
		"an address as it is typed":        {"https://example.org/x", `<p><a href="https://example.org/x" rel="nofollow ugc noopener">https://example.org/x</a></p>` + "\n"},
		"a script is words":                {"<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"},
		"HTML in a line is words":          {"a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"},
		"a script's address leads nowhere": {"[x](javascript:alert(1))", `<p><a rel="nofollow ugc noopener">x</a></p>` + "\n"},
		"data leads nowhere":               {"[x](data:text/html;base64,AAAA)", `<p><a rel="nofollow ugc noopener">x</a></p>` + "\n"},
		"a picture becomes a link":         {"![Bild](https://spy.example/p.gif)", `<p><a href="https://spy.example/p.gif" rel="nofollow ugc noopener">Bild</a></p>` + "\n"},
		"a picture in a link is words":     {"[![Bild](https://spy.example/p.gif)](https://example.org)", `<p><a href="https://example.org" rel="nofollow ugc noopener">Bild</a></p>` + "\n"},
		"a picture by a script":            {"![Bild](javascript:alert(1))", `<p><a rel="nofollow ugc noopener">Bild</a></p>` + "\n"},
		"somebody who is mentioned":        {"Danke @{anna}!", `<p>Danke <bdi class="mention">@Anna &lt;b&gt;B&lt;/b&gt;</bdi>!</p>` + "\n"},
		"somebody who has left":            {"@{x}", `<p><bdi class="mention">@former member</bdi></p>` + "\n"},
		"nobody in code":                   {"`@{anna}`", "<p><code>@{anna}</code></p>\n"},
		"a quote":                          {"> a\n\nb", "<blockquote>\n<p>a</p>\n</blockquote>\n<p>b</p>\n"},
		"a table":                          {"|a|\n|-|\n|b|", "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>b</td>\n</tr>\n</tbody>\n</table>\n"},
		"nothing":                          {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := discussion.HTML(c.body, called); got != c.want {
				t.Errorf("%q\n%q", got, c.want)
			}
		})
	}
}

var (
	tag  = regexp.MustCompile(`<[^>]*>`)
	sane = regexp.MustCompile(`^</?(p|br/?|hr/?|em|strong|del|code|pre|blockquote|ul|ol( start="\d+")?|li|h[456]|table|thead|tbody|tr|th|td|a( href="(https?:|mailto:|[^"]*)[^"]*")?( rel="nofollow ugc noopener")?|bdi( class="mention")?)>$`)
)

// harmful says what is wrong with what would stand on a page.
func harmful(html string) string {
	for _, t := range tag.FindAllString(html, -1) {
		if !sane.MatchString(t) {
			return t
		}
		if strings.Contains(t, "href") && !strings.Contains(t, "nofollow") {
			return t
		}
		if href := strings.ToLower(t); strings.Contains(href, "javascript:") || strings.Contains(href, `href="data:`) || strings.Contains(href, "vbscript:") {
			return t
		}
	}
	return ""
}

func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{
		"<a href='javascript:alert(1)'>", "[a](javascript&#58;alert(1))", "![](x)", "<!-- x", "`@{anna}", "> > > >", "@{anna}<script>", "[x]: javascript:alert(1)\n[x]",
		"<http://a\"onmouseover=b>", "|a|\n|-|\n", "\x00\xff", "<svg/onload=alert(1)>", "[![x](y)](z)", "* * * * *\n", "[a](<java\nscript:alert(1)>)", "[a](\tjavascript:alert(1))",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if bad := harmful(discussion.HTML(body, called)); bad != "" {
			t.Errorf("%q gives %q", body, bad)
		}
	})
}

func TestNoTextTakesLong(t *testing.T) {
	const size = discussion.MaxBody
	for name, s := range map[string]string{
		"quotes": ">", "quotes with blanks": "> ", "brackets": "[", "pictures": "![", "stars": "*a ", "ticks": "`", "lists": "- ", "HTML": "<a ", "links": "[a](", "at": "@{", "entities": "&", "under": "_a", "tables": "|-", "lines": "- a\n  ",
		"comments": "<!--", "declarations": "<!A", "processing": "<?",
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Repeat(s, size/len(s))
			begin := time.Now()
			html := discussion.HTML(body, called)
			if took := time.Since(begin); took > 2*time.Second {
				t.Errorf("%s", took)
			}
			if bad := harmful(html); bad != "" {
				t.Error(bad)
			}
		})
	}
}
