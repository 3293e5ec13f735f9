#include "fleet/model/event_report.h"

#include <gtest/gtest.h>

#include "fleet/model/test_support.h"
#include "foundation/json/text.h"

namespace lesto::model {
namespace {

using test::error_of;

TEST(EventReport, resources_are_json_texts_that_dashes_end) {
  std::vector<json::Value> objects = {json::object({{"kind", "Service"}}),
                                      json::object({{"kind", "Pod"}})};
  EXPECT_EQ(encode_resources(objects).data, R"({"kind":"Service"}---{"kind":"Pod"}---)");
  EXPECT_EQ(encode_resources({}).data, "");
}

TEST(EventReport, dashes_braces_and_quotes_inside_texts_are_content) {
  std::vector<json::Value> objects = {
      json::object(
          {{"pem", "-----BEGIN X-----\n}{\"---\n"}, {"nested", json::object({{"a\\", "}\\"}})}}),
      json::object({{"deep", json::array({json::object({{"b", json::Value::object()}})})}})};
  Result<std::vector<json::Value>> back = decode_resources(encode_resources(objects));
  ASSERT_TRUE(back.has_value()) << error_of(back);
  EXPECT_EQ(*back, objects);
}

TEST(EventReport, reads_resources_with_line_breaks_and_without_a_last_separator) {
  Result<std::vector<json::Value>> back = decode_resources({"{\"a\":1}\n---\n{\"b\":2}\n"});
  ASSERT_TRUE(back.has_value()) << error_of(back);
  EXPECT_EQ(back->size(), 2U);
  EXPECT_TRUE(decode_resources({""})->empty());
  EXPECT_TRUE(decode_resources({"---"})->empty());
}

TEST(EventReport, resources_that_are_cut_or_no_objects_are_errors) {
  EXPECT_EQ(error_of(decode_resources({"{\"a\":1}---{\"b\":"})),
            "Invalid: object 1 of resources is no complete JSON object");
  EXPECT_EQ(error_of(decode_resources({"{\"a\":\"}"})),
            "Invalid: object 0 of resources is no complete JSON object");
  EXPECT_EQ(error_of(decode_resources({"{\"a\":\"\\"})),
            "Invalid: object 0 of resources is no complete JSON object");
  EXPECT_EQ(error_of(decode_resources({"[1]"})),
            "Invalid: object 0 of resources is no complete JSON object");
  EXPECT_FALSE(decode_resources({"{a:1}---"}).has_value());
  std::string many;
  for (std::size_t i = 0; i <= kReportResourcesMax; ++i) many += "{}---";
  Result<std::vector<json::Value>> back = decode_resources({many});
  ASSERT_FALSE(back.has_value());
  EXPECT_EQ(back.error().code(), Code::TooLarge);
}

TEST(EventReport, carries_its_objects_as_base64) {
  EventReport report;
  report.meta.name = "sveltos--s--gke";
  report.meta.ns = "default";
  report.spec.cluster = {"default", "gke", ClusterType::Sveltos};
  report.spec.event_source_name = "s";
  report.spec.matching_resources = {{.kind = "Service",
                                     .ns = "d",
                                     .name = "web",
                                     .uid = "",
                                     .api_version = "v1",
                                     .resource_version = "",
                                     .field_path = ""}};
  report.spec.resources = encode_resources({json::object({{"a", "ü"}})});
  json::Value printed = to_json(report);
  EXPECT_EQ(
      json::write(printed["spec"]),
      R"({"clusterName":"gke","clusterNamespace":"default","clusterType":"Sveltos","eventSourceName":"s",)"
      R"("matchingResources":[{"apiVersion":"v1","kind":"Service","name":"web","namespace":"d"}],)"
      R"("resources":"eyJhIjoiw7wifS0tLQ=="})");
  Result<EventReport> back = parse_event_report(printed);
  ASSERT_TRUE(back.has_value()) << error_of(back);
  EXPECT_EQ(*back, report);
}

}  // namespace
}  // namespace lesto::model
