using System.Net;
using Microsoft.AspNetCore.Http;

namespace OrderToCash.Gateway.Tests;

/// <summary>What the gateway lets the token of an order system through to.</summary>
public sealed class OrderSystems
{
    private const string Orders = "/v1/credit/order-checks";

    private static readonly (string Scope, string Method, string Path, bool IsOpen)[] Requests =
    [
        ("credit:orders", "POST", Orders, true),
        ("credit:orders", "GET", $"{Orders}/SO-1", true),
        ("credit:orders", "POST", $"{Orders}/SO-1/recheck", true),
        ("credit:orders", "POST", $"{Orders}/SO-1/cancel", true),
        ("credit:orders", "POST", $"{Orders}/SO-1/deliveries", true),
        ("credit:orders", "POST", $"{Orders}/SO-1/release", false),
        ("credit:orders", "POST", $"{Orders}/SO-1/decline", false),
        ("credit:orders", "GET", $"{Orders}/SO-1/explanation", false),
        ("credit:orders", "GET", "/v1/credit/accounts", false),
        ("credit:orders", "POST", "/v1/credit/applications", false),
        ("credit:write", "POST", Orders, true),
        ("credit:write", "POST", $"{Orders}/SO-1/cancel", true),
        ("credit:read", "GET", $"{Orders}/SO-1", true),
        ("credit:read", "POST", Orders, false),
    ];

    [Fact]
    public async Task is_what_orders_need_and_who_may_write_may_it_too()
    {
        await using var gateway = await WholeGateway.StartAsync(http => http.Response.WriteAsync("passed on"));
        foreach (var (scope, method, path, isOpen) in Requests)
        {
            using var client = gateway.Client(gateway.Tokens.For(scope));
            using var request = new HttpRequestMessage(new HttpMethod(method), path);

            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

            answer.StatusCode.ShouldBe(
                isOpen ? HttpStatusCode.OK : HttpStatusCode.Forbidden, $"{scope} {method} {path}");
        }
    }
}
