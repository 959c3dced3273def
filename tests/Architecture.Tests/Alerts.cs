using System.Text.Json.Nodes;

namespace OrderToCash.Architecture.Tests;

/// <summary>
/// Every alert is shown to fire on series made for it. <c>deploy/check.sh</c> runs that with Prometheus' own promtool.
/// </summary>
public sealed class Alerts
{
    private const string Folder = "deploy/prometheus";

    [Fact]
    public void each_is_seen_to_fire_with_what_people_then_read()
    {
        var alerts = Yaml.Read($"{Folder}/alerts.yaml")["groups"]!.AsArray()
            .SelectMany(group => group!["rules"]!.AsArray()).Select(rule => rule!.Text("alert")!);
        var fired = from test in Yaml.Read($"{Folder}/alerts.test.yaml")["tests"]!.AsArray()
                    from seen in test!["alert_rule_test"]!.AsArray()
                    where seen!["exp_alerts"] is JsonArray { Count: > 0 } expected
                        && expected.All(alert => alert!.Text("exp_annotations/summary") is { Length: > 0 })
                    select seen!.Text("alertname")!;

        fired.Distinct().ShouldBe(alerts, ignoreOrder: true);
    }

    [Fact]
    public void the_rules_that_are_tried_are_these() =>
        Yaml.Read($"{Folder}/alerts.test.yaml").Texts("rule_files").ShouldBe(["alerts.yaml"]);
}
