// Five bodies under gravity in small symplectic steps: scalar float64 with square roots.
package main

import (
	"math"

	"skerry/bench/kernel"
)

type body struct{ x, y, z, vx, vy, vz, mass float64 }

func step(bodies []body, dt float64) {
	for i := range bodies {
		a := &bodies[i]
		for j := i + 1; j < len(bodies); j++ {
			b := &bodies[j]
			dx, dy, dz := a.x-b.x, a.y-b.y, a.z-b.z
			squared := dx*dx + dy*dy + dz*dz + 1e-6
			pull := dt / (squared * math.Sqrt(squared))
			a.vx -= dx * b.mass * pull
			a.vy -= dy * b.mass * pull
			a.vz -= dz * b.mass * pull
			b.vx += dx * a.mass * pull
			b.vy += dy * a.mass * pull
			b.vz += dz * a.mass * pull
		}
	}
	for i := range bodies {
		b := &bodies[i]
		b.x += dt * b.vx
		b.y += dt * b.vy
		b.z += dt * b.vz
	}
}

func main() {
	bodies := []body{{mass: 40}}
	for i := 1; i < 5; i++ {
		n := float64(i)
		radius := 1.5 * n
		bodies = append(bodies, body{x: radius, vy: math.Sqrt(40 / radius), vz: n / 64, mass: n / 64})
	}
	kernel.Main(46, func(repeats int) (sum uint64) {
		for range repeats {
			for range 100000 {
				step(bodies, 0.001)
			}
			sum = kernel.Mix(sum, math.Float64bits(bodies[1].x))
		}
		return sum
	})
}
