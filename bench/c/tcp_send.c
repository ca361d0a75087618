// Sends 512 MiB in blocks of 64 KiB.
#include "server.h"

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 8192);
  int client = accept_client();
  static uint64_t block[kBlockBytes / sizeof(uint64_t)];
  for (int i = 0; i < repeats; i++) {
    block[i % (kBlockBytes / sizeof(uint64_t))] = (uint64_t)i;
    transmit(client, block, sizeof block);
  }
  return 0;
}
