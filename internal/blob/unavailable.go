package blob

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
)

// unavailable is an ErrUnavailable that says what is wrong and what to do.
type unavailable struct {
	sentence string
	cause    error
}

func (u *unavailable) Error() string        { return u.sentence }
func (u *unavailable) Unwrap() error        { return u.cause }
func (u *unavailable) Is(target error) bool { return target == ErrUnavailable }

// refusals are the words for what a storage answers, by its code (Amazon S3 API
// Reference, "Error responses", and MinIO's own).
var refusals = map[string]string{
	"NoSuchBucket":                 "has no bucket {bucket}: make it first, or correct its name",
	"InvalidAccessKeyId":           "does not know the key in POLIS_S3_KEY",
	"SignatureDoesNotMatch":        "refuses the secret in POLIS_S3_SECRET: it does not belong to the key in POLIS_S3_KEY",
	"AccessDenied":                 "does not let the key in POLIS_S3_KEY use the bucket {bucket}: it needs the rights to list, get, put and delete",
	"AccountProblem":               "has closed the account of the key in POLIS_S3_KEY",
	"AuthorizationHeaderMalformed": "is of another region: name it with region= in its address",
	"InvalidRegion":                "is of another region: name it with region= in its address",
	"PermanentRedirect":            "has the bucket {bucket} at another endpoint: name that one in its address",
	"RequestTimeTooSkewed":         "has another time than this machine: set its clock",
	"InvalidBucketName":            "accepts no bucket of the name {bucket}",
}

// noRoom are the codes of a storage that has no room left.
var noRoom = map[string]bool{
	"XMinioStorageFull": true, "XMinioAdminBucketQuotaExceeded": true, "QuotaExceeded": true, "InsufficientStorage": true, "507 Insufficient Storage": true,
}

// explain turns what came back from the storage into an ErrNotFound, an ErrFull,
// an ErrUnavailable that is a sentence, or the end of the context.
func (b *bucket) explain(err error) error {
	var answer minio.ErrorResponse
	var request *url.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("blob: %w", err)
	case errors.As(err, &answer):
		return b.refused(answer)
	case errors.As(err, &request): // without the address of the file
		err = request.Err
	}
	return b.unavailable(err, "does not answer (%v)", err)
}

func (b *bucket) refused(answer minio.ErrorResponse) error {
	switch words := refusals[answer.Code]; {
	case answer.Code == minio.NoSuchKey:
		return ErrNotFound
	case noRoom[answer.Code]:
		return fmt.Errorf("%w: the file storage %s has no room left", ErrFull, b.endpoint())
	case words != "":
		return b.unavailable(answer, "%s", strings.ReplaceAll(words, "{bucket}", b.name))
	case answer.StatusCode >= 500:
		return b.unavailable(answer, "does not work now (%s: %s)", answer.Code, answer.Message)
	}
	return b.unavailable(answer, "refuses what it was asked for (%s: %s)", answer.Code, answer.Message)
}

func (b *bucket) unavailable(cause error, words string, args ...any) error {
	return &unavailable{"the file storage " + b.endpoint() + " " + fmt.Sprintf(words, args...), cause}
}
