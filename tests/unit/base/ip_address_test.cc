// Addresses from text and back, with and without ports.
#include "base/ip_address.h"

#include <gtest/gtest.h>

namespace skerry {
namespace {

IpAddress address(std::string_view text) { return IpAddress::parse(text).value(); }

TEST(IpAddressTest, IsReadAndWrittenInItsShortestForm) {
  for (const auto& [in, out] : {std::pair{"127.0.0.1", "127.0.0.1"},
                                {"::", "::"},
                                {"::1", "::1"},
                                {"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
                                {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
                                {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
                                {"fe80::1.2.3.4", "fe80::102:304"},
                                {"1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"}})
    EXPECT_EQ(address(in).text(), out) << in;
}

TEST(IpAddressTest, IPv4InIPv6IsIPv4) {
  EXPECT_EQ(address("::ffff:10.0.0.1"), address("10.0.0.1"));
  EXPECT_EQ(address("::ffff:a00:1"), address("10.0.0.1"));
}

TEST(IpAddressTest, WhatIsNoAddressIsRefused) {
  for (const char* text : {"",
                           "1",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.256",
                           "01.2.3.4",
                           "1.2.3.4 ",
                           "1.2.3.-4",
                           ":",
                           ":::",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1::2::3",
                           "12345::",
                           "g::",
                           "1:2:3:4:5:6:7:",
                           "::1.2.3",
                           "1.2.3.4::",
                           "::1%lo",
                           "[::1]",
                           "0x7f.1.1.1",
                           "1:2:3:4:5:6:7::8"})
    EXPECT_FALSE(IpAddress::parse(text)) << text;
}

TEST(SocketAddressTest, IsReadAndWritten) {
  for (const char* text : {"127.0.0.1:80", "[::1]:65535", "0.0.0.0:0"}) {
    const auto read = SocketAddress::parse(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->text(), text);
  }
}

TEST(SocketAddressTest, WhatIsNoneIsRefused) {
  for (const char* text : {"", "127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:65536", "::1:80",
                           "[::1]", "[127.0.0.1:80", "host:80", "127.0.0.1:080"})
    EXPECT_FALSE(SocketAddress::parse(text)) << text;
}

}  // namespace
}  // namespace skerry
