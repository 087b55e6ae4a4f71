package oai

import (
	"context"
	"errors"
	"time"

	"polis/internal/fetch"
)

// Why a harvest ends, in sentences that an operator understands.
var (
	errNoRepository = errors.New("what answers at this address is no OAI-PMH repository")
	errDoctype      = errors.New("the answer brings declarations of its own (DOCTYPE), which no OAI-PMH answer has; it is refused")
	errBroken       = errors.New("the answer is no well-formed XML")
	errRefused      = errors.New("the repository refuses")
	errCircle       = errors.New("the repository leads in a circle: a page leads back to one before")
	errClock        = errors.New("the repository does not say what time it is (responseDate)")
	errUnreached    = errors.New("the repository cannot be reached")
	errBusy         = errors.New("the repository is busy")
	errUnwell       = errors.New("the repository has a fault of its own")
)

// troubles are the keys of the sentences in which a librarian reads them, the most
// telling first, and whether asking again may help.
var troubles = []struct {
	is    error
	key   string
	again bool
}{
	{fetch.ErrInternal, "exchange.trouble.internal", false},
	{fetch.ErrScheme, "exchange.trouble.scheme", false},
	{fetch.ErrTooLarge, "exchange.trouble.large", false},
	{fetch.ErrTooFar, "exchange.trouble.far", false},
	{errNoRepository, "exchange.trouble.none", false},
	{errDoctype, "exchange.trouble.broken", false},
	{errBroken, "exchange.trouble.broken", false},
	{errRefused, "exchange.trouble.refused", true},
	{errCircle, "exchange.trouble.broken", true},
	{errClock, "exchange.trouble.broken", true},
	{errBusy, "exchange.trouble.busy", true},
	{errUnwell, "exchange.trouble.unwell", true},
	{errUnreached, "exchange.trouble.unreached", true},
}

// reason is what is kept with the source: the key of a sentence, and behind a new
// line what exactly was met, for whoever can make use of it; "" where all went well.
func reason(ctx context.Context, err error) string {
	switch {
	case err == nil:
		return ""
	case ctx.Err() != nil:
		return "exchange.trouble.stopped"
	}
	for _, t := range troubles {
		if errors.Is(err, t.is) {
			return t.key + "\n" + err.Error()
		}
	}
	return "exchange.trouble.other\n" + err.Error()
}

// worth says how long to wait before asking again: below zero never, zero as long as
// seems fit.
func worth(err error) time.Duration {
	for _, t := range troubles {
		if errors.Is(err, t.is) && !t.again {
			return -1
		}
	}
	return 0
}
