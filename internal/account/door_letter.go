package account

import (
	"context"
	"errors"
)

// Letters that anybody can cause to be sent are counted for the address they go
// to and for the network address from which they are asked for, known accounts
// and unknown ones alike.
var (
	letterTo   = limit{"letter-to", 3}
	letterFrom = limit{"letter-from", 20} // a ministry may stand behind one
)

// Letter counts that somebody asks for a letter to an address. It returns Slow
// where she has to wait.
func (d Door) Letter(ctx context.Context, k Knock, email string) error {
	return d.try(ctx, d.bucket(letterFrom, k.Address), d.bucket(letterTo, normal(email)))
}

// AsSlow finds out whether an error says that somebody has to wait.
func AsSlow(err error) (s Slow, ok bool) {
	ok = errors.As(err, &s)
	return s, ok
}
