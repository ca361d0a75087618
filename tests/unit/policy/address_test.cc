// Addresses, ranges and endpoints from text, and what they contain.
#include "policy/address.h"

#include <gtest/gtest.h>

namespace skerry::policy {
namespace {

IpAddress address(std::string_view text) { return IpAddress::parse(text).value(); }

TEST(AddressRangeTest, ContainsWhatBeginsWithItsBits) {
  const auto contains = [](std::string_view range, std::string_view text) {
    return AddressRange::parse(range).value().contains(address(text));
  };
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(contains("172.16.0.0/12", "172.31.255.255"));
  EXPECT_FALSE(contains("172.16.0.0/12", "172.32.0.0"));
  EXPECT_TRUE(contains("0.0.0.0/0", "8.8.8.8"));
  EXPECT_FALSE(contains("0.0.0.0/0", "::1"));
  EXPECT_FALSE(contains("::/0", "8.8.8.8"));
  EXPECT_TRUE(contains("10.0.0.7", "10.0.0.7"));
  EXPECT_TRUE(contains("2001:db8::/32", "2001:db8:1::2"));
  EXPECT_TRUE(contains("::ffff:10.0.0.0/104", "10.1.1.1"));  // the same as 10.0.0.0/8
  for (const char* text :
       {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/08", "/8", "::ffff:1.2.3.4/8"})
    EXPECT_FALSE(AddressRange::parse(text)) << text;
}

TEST(AddressTest, KnowsWhichAreInternal) {
  for (const char* text : {"127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "0.0.0.0",
                           "::1", "fd00::1", "fe80::1", "::ffff:127.0.0.1", "100.64.0.1"})
    EXPECT_TRUE(is_internal(address(text))) << text;
  for (const char* text : {"8.8.8.8", "172.32.0.1", "2606:4700::1111", "11.0.0.1"})
    EXPECT_FALSE(is_internal(address(text))) << text;
}

TEST(EndpointTest, NamesAddressesOrHosts) {
  const auto host = Endpoint::parse("API.example.com:443").value();
  EXPECT_TRUE(host.matches_host("api.EXAMPLE.com."));
  EXPECT_FALSE(host.matches_host("evil-api.example.com"));
  const auto below = Endpoint::parse("*.example.com:80-90").value();
  EXPECT_TRUE(below.matches_host("a.b.example.com"));
  EXPECT_FALSE(below.matches_host("example.com"));
  EXPECT_FALSE(below.matches_host(".example.com"));
  EXPECT_FALSE(below.matches_host("badexample.com"));
  EXPECT_TRUE(below.ports.contains(85));
  EXPECT_FALSE(below.ports.contains(91));
  EXPECT_TRUE(Endpoint::parse("[2001:db8::]/32:443")->addresses->contains(address("2001:db8::9")));
  EXPECT_TRUE(Endpoint::parse("*:*")->is_any_address());
  for (const char* text :
       {"", "443", "host", ":443", "::1:443", "[::1]", "[::1]443", "host:", "host:0-70000",
        "ho st:1", "1.2.3.4.5:1", "host:2-1", "[host]:1", "*x:1"})
    EXPECT_FALSE(Endpoint::parse(text)) << text;
}

}  // namespace
}  // namespace skerry::policy
