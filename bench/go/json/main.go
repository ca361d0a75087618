// encoding/json both ways: structs out, structs and untyped values in.
package main

import (
	"encoding/json"
	"fmt"

	"skerry/bench/kernel"
)

type reading struct {
	ID     int               `json:"id"`
	Device string            `json:"device"`
	Value  float64           `json:"value"`
	OK     bool              `json:"ok"`
	Tags   []string          `json:"tags,omitempty"`
	Extra  map[string]string `json:"extra,omitempty"`
	Parent *reading          `json:"parent,omitempty"`
}

func makeReading(random *kernel.Random, depth int) reading {
	r := reading{
		ID:     random.Below(1 << 30),
		Device: fmt.Sprintf("device-%d \"%c\"", random.Below(500), 'é'),
		Value:  float64(random.Below(1000000)) / 64,
		OK:     random.Below(2) == 0,
		Extra:  map[string]string{"unit": "bar", "site": fmt.Sprint("s", random.Below(40))},
	}
	for i := random.Below(5); i > 0; i-- {
		r.Tags = append(r.Tags, fmt.Sprint("tag", random.Below(100)))
	}
	if depth > 0 {
		parent := makeReading(random, depth-1)
		r.Parent = &parent
	}
	return r
}

// total walks an untyped document without depending on map order.
func total(value any) uint64 {
	switch v := value.(type) {
	case map[string]any:
		sum := uint64(len(v))
		for key, element := range v {
			sum += total(element) + uint64(len(key))
		}
		return sum
	case []any:
		sum := uint64(0)
		for _, element := range v {
			sum = sum*3 + total(element)
		}
		return sum
	case string:
		return uint64(len(v))
	case float64:
		return uint64(int64(v))
	}
	return 1
}

func main() {
	random := kernel.Random(1)
	var source []reading
	for range 400 {
		source = append(source, makeReading(&random, 2))
	}
	kernel.Main(42, func(repeats int) (sum uint64) {
		for i := range repeats {
			source[i%len(source)].ID = i
			text, err := json.Marshal(source)
			if err != nil {
				panic(err)
			}
			var back []reading
			if err := json.Unmarshal(text, &back); err != nil {
				panic(err)
			}
			var untyped any
			if err := json.Unmarshal(text, &untyped); err != nil {
				panic(err)
			}
			sum = kernel.MixBytes(sum, text)
			sum = kernel.Mix(sum, uint64(back[i%len(back)].ID)+total(untyped))
		}
		return sum
	})
}
