using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>What the token of an order system opens: orders, and nothing else of Credit.</summary>
public sealed partial class OrderSystems(CreditBed bed) : IClassFixture<CreditBed>
{
    private const string Orders = "/v1/credit/order-checks";

    private static readonly string[] Open =
    [
        $"GET {Orders}/{{orderId}}", $"POST {Orders}", $"POST {Orders}/{{orderId}}/cancel",
        $"POST {Orders}/{{orderId}}/deliveries", $"POST {Orders}/{{orderId}}/recheck",
    ];

    [Fact]
    public async Task have_orders_checked_changed_delivered_and_cancelled()
    {
        var customer = await bed.CustomerAsync(limit: 1_000);
        using var system = bed.App.ClientFor("credit:orders", "shop");
        (await (await bed.CheckAsync(customer, "OS-1", 1_200, system)).ShouldBeAsync(HttpStatusCode.Created))
            .Text("decision").ShouldBe("held");
        await (await bed.CheckAsync(customer, "OS-1", 900, system)).ShouldBeAsync(HttpStatusCode.Created);
        await OkAsync("recheck", new { reason = "it is paid" });
        await OkAsync("deliveries", new { delivered = new { amount = "300", currency = "USD" } });

        await OkAsync("cancel", new { reason = "the rest is not wanted" });

        (await system.GetFromJsonAsync<JsonElement>($"{Orders}/OS-1")).Text("decision").ShouldBe("cancelled");
        using (var writer = bed.App.ClientFor("credit:write", "clerk"))
            await (await writer.GetAsync($"{Orders}/OS-1")).ShouldBeAsync(HttpStatusCode.OK);
        await bed.ExposureBecomesAsync(customer, 0, 0, 0);
        using var elsewhere = bed.App.ClientFor("credit:orders", "shop", "MX01");
        await (await bed.CheckAsync(customer, "OS-2", 1, elsewhere))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "entity-not-allowed");

        async Task OkAsync(string step, object body) =>
            await (await system.PostAsJsonAsync($"{Orders}/OS-1/{step}", body)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task are_let_in_nowhere_else()
    {
        using var system = bed.App.ClientFor("credit:orders", "shop");
        var let = new List<string>();
        foreach (var (method, pattern) in Endpoints())
        {
            using var request = new HttpRequestMessage(
                new HttpMethod(method), Parameter().Replace(pattern, $"{CreditBed.NewId()}"));
            using var answer = await system.SendAsync(request);
            if (answer.StatusCode == HttpStatusCode.Forbidden)
                await answer.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "scope-missing");
            else
                let.Add($"{method} {pattern}");
        }

        let.Order(StringComparer.Ordinal).ShouldBe(Open);
    }

    /// <summary>All that the service answers under /v1.</summary>
    private List<(string Method, string Pattern)> Endpoints() =>
    [
        .. from endpoint in bed.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           let pattern = $"/{endpoint.RoutePattern.RawText?.TrimStart('/')}"
           where pattern.StartsWith("/v1/", StringComparison.Ordinal)
           from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
           select (method, pattern),
    ];

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();
}
