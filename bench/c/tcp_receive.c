// Receives blocks of 64 KiB to the end, and answers with a checksum.
#include "server.h"

int main(void) {
  int client = accept_client();
  static uint64_t block[kBlockBytes / sizeof(uint64_t)];
  uint64_t sum = 0;
  size_t got;
  for (size_t i = 0; (got = receive(client, block, sizeof block)) > 0; i++)
    sum = mix(sum, block[i % (kBlockBytes / sizeof(uint64_t))] + got);
  transmit(client, &sum, sizeof sum);
  printf("checksum %016llx\n", (unsigned long long)sum);
  return 0;
}
