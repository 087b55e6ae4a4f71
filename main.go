// Command polis is POLIS, a Policing OnLine Information System for the
// participating States of the OSCE: one program with everything in it.
//
// Every command is a struct in a file of its own: its fields are at the same
// time the flags, the environment variables, the help and the documentation.
// What a command does is in the packages under internal; here it is wired.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands is the whole command line.
type commands struct {
	Serve      serveCommand      `cmd:"" help:"Serve the pages and the API until SIGTERM or Ctrl-C."`
	Demo       demoCommand       `cmd:"" help:"Serve a demonstration: a library in six languages and a person in every role."`
	User       userCommand       `cmd:"" help:"Make and change the accounts of people."`
	Import     importCommand     `cmd:"" help:"Put documents, the Framework's text or the directory into POLIS."`
	Learn      learnCommand      `cmd:"" help:"Learn from dictionaries and the library's own translations to find across languages."`
	Index      indexCommand      `cmd:"" help:"Propose concepts of the thesaurus for documents."`
	Reindex    reindexCommand    `cmd:"" help:"Build the search index anew from the tables."`
	Verify     verifyCommand     `cmd:"" help:"Check that what is stored is still what was written."`
	Checkpoint checkpointCommand `cmd:"" help:"Sign the log as it stands, so that it can be proved later that nothing in it was changed."`
	Export     exportCommand     `cmd:"" help:"Give out the event log or the thesaurus."`
	Backup     backupCommand     `cmd:"" help:"Write the whole system, running or not, into one file."`
	Restore    restoreCommand    `cmd:"" help:"Put a backup into an empty place."`

	Version kong.VersionFlag `help:"Print the version and exit."`
}

const description = `POLIS is a Policing OnLine Information System: documents in six languages that are found by what they say, ` +
	`the Strategic Framework, the States and structures of the OSCE.

Every command says with --help what it does and takes. Flags with a name in capitals beside them can be set by that environment variable instead.`

func main() { os.Exit(run(os.Args[1:])) }

// run does what the arguments say and returns the exit code: 0 where it was
// done, 1 where not, 2 where the arguments were not understood, 130 after Ctrl-C.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // who asks a second time does not want to wait
	var cli commands
	parser := kong.Must(&cli,
		kong.Name("polis"), kong.Description(description), kong.Vars{"version": "polis " + version()},
		kong.ConfigureHelp(kong.HelpOptions{NoExpandSubcommands: true, WrapUpperBound: 100}),
	)
	if len(args) == 0 {
		args = []string{"--help"}
	}
	todo, err := parser.Parse(args)
	if err != nil {
		return misread(err)
	}
	c := newConsole()
	todo.BindTo(ctx, (*context.Context)(nil))
	err = todo.Run(c)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errTold):
		return 1
	case ctx.Err() != nil: // whatever the error is, we caused it
		c.tell("Stopped. Run the same command again to go on.")
		return 130
	}
	c.tell("polis: %v", err)
	return 1
}

// errTold ends a command that has said already what is wrong.
var errTold = errors.New("told already")

// misread says what is wrong with the arguments, and where to read on.
func misread(err error) int {
	help := "polis"
	var wrong *kong.ParseError
	if errors.As(err, &wrong) && wrong.Context.Selected() != nil {
		help = wrong.Context.Selected().FullPath()
	}
	fmt.Fprintf(os.Stderr, "polis: %s.\nRun \"%s --help\" to see what it takes.\n", strings.TrimSuffix(err.Error(), "."), help)
	return 2
}

// version is that of the module, or "dev" for one that was built in its source.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "dev"
	}
	return strings.TrimPrefix(info.Main.Version, "v")
}
