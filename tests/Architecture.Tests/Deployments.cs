using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OrderToCash.Architecture.Tests;

/// <summary>
/// deploy/kubernetes says the same as docker-compose.yml, the Dockerfiles and the code.
/// </summary>
public sealed partial class Deployments
{
    private const string Folder = "deploy/kubernetes";

    /// <summary>Trust without an identity provider; a cluster has <c>Auth__Authority</c>.</summary>
    private static readonly string[] DevelopmentOnly = ["Auth__JwksFile", "Auth__Issuer"];

    private static readonly JsonNode Compose = Yaml.Read("docker-compose.yml");

    /// <summary>The programs of the system: what compose builds from the services and the gateway.</summary>
    public static TheoryData<string> Programs => [.. Compose["services"]!.AsObject()
        .Where(service => DockerfileOf(service.Value!)?.StartsWith("deploy/", StringComparison.Ordinal) == false)
        .Select(service => service.Key)];

    [Fact]
    public void every_program_has_manifests_and_nothing_else_has() =>
        Directory.EnumerateDirectories(Path.Combine(Repository.Root, Folder)).Select(path => Path.GetFileName(path)!)
            .ShouldBe(Programs.Select(program => program.Data), ignoreOrder: true);

    [Theory, MemberData(nameof(Programs))]
    public void all_files_are_applied(string program) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, Folder, program), "*.yaml")
            .Select(path => Path.GetFileName(path)!).Where(name => name != "kustomization.yaml")
            .ShouldBe(Read(program, "kustomization").Texts("resources"), ignoreOrder: true);

    [Theory, MemberData(nameof(Programs))]
    public void the_image_is_the_one_compose_builds(string program)
    {
        var image = Compose.Text($"services/{program}/image");

        Container(program).Text("image").ShouldBe(image);
        Read(program, "kustomization").Text("images/0/name").ShouldBe(image);
    }

    [Theory, MemberData(nameof(Programs))]
    public void the_port_is_the_one_the_image_listens_on_and_the_gateway_calls(string program)
    {
        var exposed = Exposed().Match(Dockerfile(program)).Groups["port"].Value;
        var service = Read(program, "service");

        Container(program).Text("ports/0/containerPort").ShouldBe(exposed);
        service.Text("spec/ports/0/targetPort").ShouldBe(Container(program).Text("ports/0/name"));
        service.Text("metadata/name").ShouldBe(program);
        var address = $"http://{program}:{service.Text("spec/ports/0/port")}";
        var key = $"ReverseProxy__Clusters__{program}__Destinations__1__Address";
        if (program == "gateway")
            return;
        Config("gateway")[key].ShouldBe(address);
        Compose.Text($"services/gateway/environment/{key}").ShouldBe(address);
    }

    [Theory, MemberData(nameof(Programs))]
    public void every_selector_finds_the_pods(string program)
    {
        var labels = Read(program, "deployment").At("spec/template/metadata/labels")!.ToJsonString();

        Read(program, "deployment").At("spec/selector/matchLabels")!.ToJsonString().ShouldBe(labels);
        Read(program, "service").At("spec/selector")!.ToJsonString().ShouldBe(labels);
        Read(program, "disruption-budget").At("spec/selector/matchLabels")!.ToJsonString().ShouldBe(labels);
        Read(program, "autoscaler").Text("spec/scaleTargetRef/name").ShouldBe(program);
        Read(program, "deployment").Text("metadata/name").ShouldBe(program);
    }

    [Theory, MemberData(nameof(Programs))]
    public void probes_ask_the_health_endpoints_that_exist(string program)
    {
        var health = Repository.Read("services/BuildingBlocks/ServiceDefaults/Observability/Health.cs");
        var container = Container(program);

        foreach (var probe in new[] { "startupProbe", "livenessProbe", "readinessProbe" })
        {
            health.ShouldContain($"MapHealthChecks(\"{container.Text($"{probe}/httpGet/path")}\"");
            container.Text($"{probe}/httpGet/port").ShouldBe(container.Text("ports/0/name"));
        }

        Dockerfile(program).ShouldContain($"GET {container.Text("readinessProbe/httpGet/path")} ");
    }

    [Theory, MemberData(nameof(Programs))]
    public void settings_are_those_of_compose_and_each_is_read_by_the_code(string program)
    {
        var given = Config(program).Keys.Concat(Variables(program)).ToList();

        Compose.At($"services/{program}/environment")!.AsObject().Select(setting => setting.Key).Except(DevelopmentOnly)
            .ShouldBeSubsetOf(given);
        given.Where(key => !IsRead(key)).ShouldBeEmpty();
        given.ShouldBeUnique();
    }

    [Theory, MemberData(nameof(Programs))]
    public void what_is_secret_comes_from_a_secret(string program)
    {
        Config(program).Keys.Where(key => Secret().IsMatch(key)).ShouldBeEmpty();
        foreach (var variable in Container(program).At("env")?.AsArray() ?? [])
            variable!.Text("valueFrom/secretKeyRef/name").ShouldBe(program);
    }

    [Theory, MemberData(nameof(Programs))]
    public void a_pod_is_given_the_time_to_drain_and_to_stop(string program)
    {
        const int shutdown = 20;
        Repository.Read("services/BuildingBlocks/ServiceDefaults/ServiceDefaultsExtensions.cs")
            .ShouldContain($"TimeSpan.FromSeconds({shutdown}) + Drain.Time(configuration)");

        var drain = Number(Config(program)["Shutdown__DrainSeconds"]);

        drain.ShouldBeGreaterThan(0);
        Number(Read(program, "deployment").Text("spec/template/spec/terminationGracePeriodSeconds"))
            .ShouldBeGreaterThan(drain + shutdown);
    }

    [Theory, MemberData(nameof(Programs))]
    public void a_pod_may_do_nothing_it_need_not(string program)
    {
        var pod = Read(program, "deployment").At("spec/template/spec")!;

        pod.Text("securityContext/runAsNonRoot").ShouldBe("true");
        pod.Text("automountServiceAccountToken").ShouldBe("false");
        Container(program).Text("securityContext/readOnlyRootFilesystem").ShouldBe("true");
        Container(program).Text("securityContext/allowPrivilegeEscalation").ShouldBe("false");
        Container(program).Texts("securityContext/capabilities/drop").ShouldBe(["ALL"]);
    }

    private static JsonNode Read(string program, string file) => Yaml.Read($"{Folder}/{program}/{file}.yaml");

    private static JsonNode Container(string program) =>
        Read(program, "deployment").At("spec/template/spec/containers/0")!;

    private static IEnumerable<string> Variables(string program) =>
        Container(program).At("env")?.AsArray().Select(variable => variable!.Text("name")!) ?? [];

    private static Dictionary<string, string> Config(string program) =>
        Repository.Read($"{Folder}/{program}/config.env")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);

    private static string? DockerfileOf(JsonNode service) => service.Text("build/dockerfile");

    private static string Dockerfile(string program) =>
        Repository.Read(DockerfileOf(Compose["services"]![program]!)!);

    /// <summary>
    /// A setting is read by its full name, as a property of its section's options, as a connection string, or by the
    /// proxy, which has its settings in the gateway's file.
    /// </summary>
    private static bool IsRead(string key)
    {
        if (key.Split("__") is not [var section, .., var name])
            return IsLiteral(key);
        if (section == "ReverseProxy")
            return IsInGatewaySettings(key);
        if (section == "ConnectionStrings")
            return IsLiteral(name);
        var property = $" {name} {{ get;";
        return IsLiteral($"{section}:{name}") || Repository.Sources.Any(source =>
            source.Name == $"{section}Options.cs" && source.Text.Contains(property, StringComparison.Ordinal));
    }

    private static bool IsLiteral(string text) => Repository.Below("services").Concat(Repository.Below("gateway"))
        .Any(source => source.Text.Contains($"\"{text}\"", StringComparison.Ordinal));

    private static bool IsInGatewaySettings(string key)
    {
        var comments = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip };
        var settings = JsonNode.Parse(Repository.Read("gateway/appsettings.json"), documentOptions: comments);
        return settings!.At(key.Replace("__", "/", StringComparison.Ordinal)) is not null;
    }

    private static int Number(string? text) => int.Parse(text!, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^EXPOSE (?<port>\d+)\r?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Exposed();

    [GeneratedRegex("password|secret|token|connectionstring", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Secret();
}
