using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OrderToCash.Architecture.Tests;

/// <summary>What compose starts may do nothing it need not, says how it is, and is the same tomorrow.</summary>
public sealed partial class Composition
{
    private static readonly Dictionary<string, JsonNode> All =
        new[] { "docker-compose.yml", "deploy/compose.observability.yaml" }
            .SelectMany(file => Yaml.Read(file)["services"]!.AsObject())
            .ToDictionary(service => service.Key, service => service.Value!.DeepClone());

    private static readonly Dictionary<string, string> Pinned = Repository.Read(".env.example")
        .Split('\n').Where(line => line.Contains("_TAG=", StringComparison.Ordinal))
        .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    public static TheoryData<string> Everything => [.. All.Keys];

    public static TheoryData<string> Ours => [.. Where(service => service["build"] is not null)];

    /// <summary>What is ours and stays; others wait for it, or callers do.</summary>
    public static TheoryData<string> Staying =>
        [.. Where(service => service["build"] is not null && service["restart"] is not null)];

    [Theory, MemberData(nameof(Everything))]
    public void each_has_limits_and_gains_no_privileges(string service)
    {
        All[service].Text("deploy/resources/limits/cpus").ShouldNotBeNull();
        All[service].Text("deploy/resources/limits/memory").ShouldNotBeNull();
        All[service].Texts("security_opt").ShouldContain("no-new-privileges:true");
    }

    [Theory, MemberData(nameof(Ours))]
    public void what_is_ours_writes_to_its_volumes_only_and_has_no_capabilities(string service)
    {
        All[service].Text("read_only").ShouldBe("true");
        All[service].Texts("cap_drop").ShouldBe(["ALL"]);
        (All[service].Text("privileged") ?? "false").ShouldBe("false");
    }

    [Theory, MemberData(nameof(Staying))]
    public void what_stays_says_whether_it_is_well(string service) =>
        (All[service]["healthcheck"] is not null || HasHealthCheck(All[service].Text("build/dockerfile")!))
        .ShouldBeTrue();

    [Fact]
    public void whoever_is_waited_for_says_when()
    {
        var awaited = from service in All.Values
                      from needed in service["depends_on"]?.AsObject() ?? []
                      where needed.Value!.Text("condition") == "service_healthy"
                      select needed.Key;

        awaited.Distinct().Where(name => All[name]["healthcheck"] is null && !IsOurs(name)).ShouldBeEmpty();
    }

    /// <summary>A tag that moves brings another server without anybody's decision.</summary>
    [Fact]
    public void images_of_others_are_pinned_in_the_example_of_the_environment()
    {
        var tags = All.Values.Where(service => service["build"] is null)
            .Select(service => service.Text("image")!)
            .ToDictionary(image => image, image => Tag().Match(image));

        tags.ShouldAllBe(image => image.Value.Success);
        tags.Values.Select(tag => tag.Groups["variable"].Value).ShouldBe(Pinned.Keys, ignoreOrder: true);
        foreach (var tag in tags.Values)
            tag.Groups["tag"].Value.ShouldBe(Pinned[tag.Groups["variable"].Value]);
    }

    [Fact]
    public void ports_are_open_to_this_machine_only() =>
        All.Values.SelectMany(service => service["ports"]?.AsArray() ?? [])
            .Select(port => port!.GetValue<string>())
            .Where(port => !port.StartsWith("127.0.0.1:", StringComparison.Ordinal)).ShouldBeEmpty();

    private static IEnumerable<string> Where(Func<JsonNode, bool> which) =>
        All.Where(service => which(service.Value)).Select(service => service.Key);

    private static bool IsOurs(string service) => All[service]["build"] is not null;

    private static bool HasHealthCheck(string dockerfile) =>
        Repository.Read(dockerfile).Contains("\nHEALTHCHECK ", StringComparison.Ordinal);

    /// <summary>A release to its second number at least.</summary>
    [GeneratedRegex(
        @"^[a-z/-]+:\$\{(?<variable>[A-Z_]+):-(?<tag>v?\d+\.\d+[\w.-]*)\}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tag();
}
