package library

import (
	"strings"
	"unicode"
)

// maxCompared bounds the work of comparing two texts: words of the one times words
// of the other. Beyond, all that stands between what they have in common at the
// beginning and the end is marked.
const maxCompared = 4_000_000

// MarkDifference cuts two texts into pieces that both have and pieces that one of
// them has alone, by words. made makes of a piece what the caller shows.
func MarkDifference[P any](a, b string, made func(text string, differs bool) P) (was, became []P) {
	x, y := cutWords(a), cutWords(b)
	inX, inY := common(x, y)
	return pieces(x, inX, made), pieces(y, inY, made)
}

// cutWords cuts a text into words and what stands between them.
func cutWords(s string) (list []string) {
	begin, last := 0, -1
	for i, r := range s {
		kind := 0
		switch {
		case inWord(r):
			kind = 1
		case unicode.IsSpace(r):
			kind = 2
		}
		if i > 0 && (kind != last || kind == 0) {
			list = append(list, s[begin:i])
			begin = i
		}
		last = kind
	}
	if begin < len(s) {
		list = append(list, s[begin:])
	}
	return list
}

// common says of each word of two lists whether it belongs to their longest common
// subsequence.
func common[W comparable](x, y []W) (inX, inY []bool) {
	inX, inY = make([]bool, len(x)), make([]bool, len(y))
	from, endX, endY := 0, len(x), len(y)
	for from < endX && from < endY && x[from] == y[from] {
		inX[from], inY[from] = true, true
		from++
	}
	for endX > from && endY > from && x[endX-1] == y[endY-1] {
		endX, endY = endX-1, endY-1
		inX[endX], inY[endY] = true, true
	}
	n, m := endX-from, endY-from
	if n == 0 || m == 0 || n*m > maxCompared {
		return inX, inY
	}
	longest := make([]int32, (n+1)*(m+1)) // of the rest from i and j on
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if at := i*(m+1) + j; x[from+i] == y[from+j] {
				longest[at] = longest[at+m+2] + 1
			} else {
				longest[at] = max(longest[at+1], longest[at+m+1])
			}
		}
	}
	for i, j := 0, 0; i < n && j < m; {
		switch at := i*(m+1) + j; {
		case x[from+i] == y[from+j]:
			inX[from+i], inY[from+j] = true, true
			i, j = i+1, j+1
		case longest[at+m+1] >= longest[at+1]:
			i++
		default:
			j++
		}
	}
	return inX, inY
}

// pieces joins words that are alike in whether they differ.
func pieces[P any](words []string, same []bool, made func(string, bool) P) (list []P) {
	for i := 0; i < len(words); {
		j := i + 1
		for j < len(words) && same[j] == same[i] {
			j++
		}
		list = append(list, made(strings.Join(words[i:j], ""), !same[i]))
		i = j
	}
	return list
}
