// Package sdktests holds what the tests of the SDK leave out.
package sdktests

import (
	"testing"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/testing/passert"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/testing/ptest"
)

const large = 100 << 20

func makeLarge(size int) []byte { return make([]byte, size) }

func sizeOf(element []byte) int { return len(element) }

func init() {
	register.Function1x1(makeLarge)
	register.Function1x1(sizeOf)
}

func TestMain(m *testing.M) { ptest.Main(m) }

// TestLargeElement sends an element of 100 MB to the runner and has it back.
func TestLargeElement(t *testing.T) {
	pipeline, scope := beam.NewPipelineWithRoot()
	elements := beam.ParDo(scope, makeLarge, beam.Create(scope, large))
	sizes := beam.ParDo(scope, sizeOf, beam.Reshuffle(scope, elements))
	passert.Equals(scope, sizes, large)
	ptest.RunAndValidate(t, pipeline)
}
