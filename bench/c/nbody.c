// Five bodies under gravity, integrated with small symplectic steps: scalar doubles, square roots
// and divisions. Masses and orbits are made up here, not the planets'.
#include "kernel.h"

#include <math.h>

enum { kBodies = 5 };

struct Body {
  double x, y, z, vx, vy, vz, mass;
};

static void step(struct Body* bodies, double dt) {
  for (int i = 0; i < kBodies; i++) {
    struct Body* a = &bodies[i];
    for (int j = i + 1; j < kBodies; j++) {
      struct Body* b = &bodies[j];
      double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
      double squared = dx * dx + dy * dy + dz * dz + 1e-6;
      double pull = dt / (squared * sqrt(squared));
      a->vx -= dx * b->mass * pull;
      a->vy -= dy * b->mass * pull;
      a->vz -= dz * b->mass * pull;
      b->vx += dx * a->mass * pull;
      b->vy += dy * a->mass * pull;
      b->vz += dz * a->mass * pull;
    }
  }
  for (int i = 0; i < kBodies; i++) {
    bodies[i].x += dt * bodies[i].vx;
    bodies[i].y += dt * bodies[i].vy;
    bodies[i].z += dt * bodies[i].vz;
  }
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 52);
  struct Body bodies[kBodies] = {{.mass = 40.0}};
  for (int i = 1; i < kBodies; i++) {
    double radius = 1.5 * i;
    bodies[i] =
        (struct Body){.x = radius, .vy = sqrt(40.0 / radius), .vz = 0.01 * i, .mass = 0.01 * i};
  }
  uint64_t sum = 0;
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) {
    for (int i = 0; i < 100000; i++) step(bodies, 0.001);
    sum = mix_double(sum, bodies[1].x);
  }
  for (int i = 0; i < kBodies; i++) sum = mix_double(mix_double(sum, bodies[i].x), bodies[i].vz);
  kernel_end(begin, sum);
  return 0;
}
