using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.EndToEnd.Tests.Support.Otlp;
using OrderToCash.Local;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>Dashboards and alerts in deploy/ ask for what the system sends, under the names it then has.</summary>
public sealed partial class Dashboards(RunningSystem system)
{
    /// <summary>Labels that do not come from attributes of points.</summary>
    private static readonly string[] OfPrometheus = ["job", "instance", "le"];

    [Fact]
    public async Task every_metric_and_label_in_dashboards_and_alerts_arrives()
    {
        var seller = await Seller.OpenAsync(system.Controller, "BOARDS");
        await seller.ReceiptAsync(10m, "no invoice that is known");
        var asked = Expressions().Select(PromQl.Parse).ToList();
        asked.Count.ShouldBeGreaterThan(30);

        await Eventually.Becomes(
            () => Task.FromResult(Missing(asked, Received())), missing => missing.Length == 0,
            "everything that is asked for arrives; what is listed does not");
    }

    [Fact]
    public void every_alert_has_its_lines_in_the_run_book()
    {
        // Other headings of the run book are several words.
        var headings = File.ReadLines(InRepository("RUNBOOK.md"))
            .Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..])
            .Where(heading => !heading.Contains(' ', StringComparison.Ordinal));
        var rules = File.ReadAllText(InRepository("prometheus/alerts.yaml"));
        var alerts = Alert().Matches(rules).Select(alert => alert.Groups["name"].Value).ToList();

        alerts.ShouldNotBeEmpty();
        headings.ShouldBe(alerts, ignoreOrder: true);
        foreach (var alert in alerts)
            rules.ShouldContain($"runbook: deploy/RUNBOOK.md#{alert.ToLowerInvariant()}\n");
    }

    /// <summary>Series by name, each with its labels.</summary>
    private ILookup<string, string> Received() => (
        from metric in system.Telemetry.Metrics
        from name in PrometheusName.Of(metric)
        from label in metric.Points.SelectMany(point => point.Attributes.Keys).Select(PrometheusName.Label)
            .Concat(OfPrometheus)
        select (name, label)).ToLookup(pair => pair.name, pair => pair.label);

    private static string[] Missing(IEnumerable<PromQl> asked, ILookup<string, string> received) =>
    [
        .. asked.SelectMany(expression => expression.Metrics.Where(metric => !received.Contains(metric))
            .Concat(expression.Labels.Where(label => !expression.Metrics.Any(
                metric => received[metric].Contains(label)))
                .Select(label => $"{label} of {string.Join(", ", expression.Metrics)}")))
            .Distinct(),
    ];

    private static IEnumerable<string> Expressions() =>
        Directory.EnumerateFiles(InRepository("grafana/dashboards"), "*.json").SelectMany(OfDashboard)
            .Concat(OfAlerts());

    private static IEnumerable<string> OfDashboard(string file)
    {
        var board = JsonNode.Parse(File.ReadAllText(file))!;
        foreach (var variable in board["templating"]!["list"]!.AsArray())
            yield return Values().Match(variable!["query"]!.GetValue<string>()).Groups["metric"].Value;
        foreach (var panel in board["panels"]!.AsArray())
        {
            foreach (var target in panel!["targets"]!.AsArray())
                yield return target!["expr"]!.GetValue<string>();
        }
    }

    /// <summary>An expression is a block of lines, each deeper than its key.</summary>
    private static IEnumerable<string> OfAlerts() =>
        Expression().Matches(File.ReadAllText(InRepository("prometheus/alerts.yaml")))
            .Select(rule => rule.Groups["lines"].Value);

    private static string InRepository(string path) => Path.Combine(Repository.Root(), "deploy", path);

    [GeneratedRegex(@"^label_values\((?<metric>\w+), \w+\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Values();

    [GeneratedRegex(
        @"^ {8}expr: \|-\n(?<lines>( {10}.*\n)+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Expression();

    [GeneratedRegex(@"^ {6}- alert: (?<name>\w+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Alert();
}
