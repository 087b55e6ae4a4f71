package blob

import (
	"context"
	"net"
	"time"
)

// patience is how long nothing may move on a line to a storage before the line
// counts as broken.
const patience = time.Minute

// line is a connection with patience: however long a file takes, it arrives as
// long as something of it moves.
type line struct{ net.Conn }

func dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return line{conn}, nil
}

// Read waits for as long as the patience lasts. It starts again with every
// Write: who sends for minutes is not answered meanwhile.
func (l line) Read(p []byte) (int, error) {
	if err := l.SetDeadline(time.Now().Add(patience)); err != nil {
		return 0, err
	}
	return l.Conn.Read(p)
}

func (l line) Write(p []byte) (int, error) {
	if err := l.SetDeadline(time.Now().Add(patience)); err != nil {
		return 0, err
	}
	return l.Conn.Write(p)
}
