package main

import (
	"context"
	"errors"
	"log/slog"

	"polis/internal/account"
	"polis/internal/community/discussion"
	"polis/internal/community/notice"
	"polis/internal/community/roster"
	"polis/internal/inbox"
)

// replyPurpose is what stands before the + of an address for answers to a topic.
const replyPurpose = "reply"

// notices tells people what is written in their groups.
func (h *house) notices(log *slog.Logger) *notice.Notice {
	experts := &roster.Roster{DB: h.db}
	return &notice.Notice{DB: h.db, Keys: h.keys, Log: log, Experts: experts.Knowing, Address: func(ctx context.Context, person, topic string) (string, error) {
		if h.inbox == nil {
			return "", nil
		}
		return h.inbox.Give(ctx, inbox.Address{Person: person, Purpose: replyPurpose, Object: topic})
	}}
}

// takeReply makes an answer to a letter a post in the topic of the address. The message was
// looked at for viruses already, and its author is the owner of the address.
func (h *house) takeReply(ctx context.Context, to inbox.Address, m inbox.Message) error {
	who, err := account.Rights(ctx, h.db, to.Person)
	if err != nil {
		return err
	}
	d := &discussion.Discussion{DB: h.db, Files: h.files, Scanner: h.library.Scanner}
	err = h.notices(nil).Take(ctx, d, who, to.Object, m.Entry, m.Message)
	var no *notice.Refused
	if errors.As(err, &no) {
		return &inbox.Refusal{Key: no.Key, Err: err}
	}
	return err
}
