using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>
/// What developers read before they write: one document, and a page that needs nothing but the gateway.
/// </summary>
public sealed partial class ApiDocuments(RunningSystem system) : IDisposable
{
    private readonly Api _anybody = system.WithToken(null);

    public void Dispose() => _anybody.Dispose();

    [Fact]
    public async Task the_document_has_the_paths_of_all_services_and_the_composed_account()
    {
        string[] expected =
        [
            "/v1/customers/{id}/account", "/v1/invoices", "/v1/receipts", "/v1/bank-statements",
            "/v1/credit/order-checks", "/v1/collections/dunning-runs", "/admin/invoicing/projections",
            "/admin/cash-application/projections", "/admin/credit/projections", "/admin/collections/projections",
        ];

        // A service that does not answer in time is left out until it does.
        await Eventually.Becomes(
            () => _anybody.GetAsync("/openapi/v1.json"),
            document => expected.All(document["paths"]!.AsObject().ContainsKey), "every service's paths are there");
    }

    [Fact]
    public async Task every_reference_in_the_document_resolves()
    {
        var document = await _anybody.GetAsync("/openapi/v1.json");

        var references = Values(document, "$ref").Distinct().ToList();

        references.ShouldNotBeEmpty();
        references.Where(reference => Resolve(document, reference) is null).ShouldBeEmpty();
    }

    [Fact]
    public async Task no_two_operations_have_one_name()
    {
        var document = await _anybody.GetAsync("/openapi/v1.json");

        Values(document["paths"]!, "operationId").GroupBy(name => name)
            .Where(same => same.Count() > 1).Select(same => same.Key).ShouldBeEmpty();
    }

    [Fact]
    public async Task every_path_of_the_document_is_one_the_gateway_passes_on()
    {
        var document = await _anybody.GetAsync("/openapi/v1.json");
        foreach (var (path, operations) in document["paths"]!.AsObject())
        {
            var verb = operations!.AsObject().First(pair => Verb().IsMatch(pair.Key)).Key;
            var method = new HttpMethod(verb.ToUpperInvariant());
            var address = Parameter().Replace(path, "0198f0a0-0000-7000-8000-000000000000");
            var answer = await _anybody.TryAsync(method, address);
            if (operations![verb]!["security"] is not null)
            {
                answer.Status.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
                continue;
            }

            // Anybody may call it: the service answers, and knows nothing of this name.
            answer.Problem.ShouldBe("not-found", $"{method} {path}");
            answer.Text.ShouldNotContain("There is nothing at this address.");
        }
    }

    [Fact]
    public async Task the_reference_loads_from_nowhere_but_the_gateway()
    {
        var page = await _anybody.TryAsync(HttpMethod.Get, "/reference/");
        page.Status.ShouldBe(HttpStatusCode.OK);
        var policy = page.Message.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
        policy.ShouldContain("default-src 'self'");
        policy.ShouldNotContain("http");
        policy.ShouldNotContain("*");

        var loads = Load().Matches(page.Text).Select(match => match.Groups["from"].Value).ToList();
        loads.ShouldNotBeEmpty();
        foreach (var load in loads)
        {
            load.ShouldNotContain("//");
            var script = await _anybody.TryAsync(HttpMethod.Get, $"/reference/{load}");
            script.Status.ShouldBe(HttpStatusCode.OK, load);
            script.Message.Headers.Contains("Content-Security-Policy").ShouldBeTrue(load);
        }
    }

    [Fact]
    public async Task the_root_leads_to_the_reference()
    {
        var answer = await _anybody.TryAsync(HttpMethod.Get, "/");

        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Message.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/reference/");
    }

    private static IEnumerable<string> Values(JsonNode? node, string name) => node switch
    {
        JsonObject parent => parent.SelectMany(pair =>
            pair.Key == name && pair.Value is JsonValue value ? [value.GetValue<string>()] : Values(pair.Value, name)),
        JsonArray list => list.SelectMany(item => Values(item, name)),
        _ => [],
    };

    private static JsonNode? Resolve(JsonNode document, string reference) =>
        reference.Split('/').Skip(1).Select(step => step
                .Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))
            .Aggregate((JsonNode?)document, (node, step) => (node as JsonObject)?[step]);

    [GeneratedRegex(@"(src|href)=""(?<from>[^""]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Load();

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex("^(get|put|post|delete|patch)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Verb();
}
