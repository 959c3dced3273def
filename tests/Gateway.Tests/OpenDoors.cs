using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace OrderToCash.Gateway.Tests;

/// <summary>What passes the gateway without a token: its own routes in front of a service that takes all.</summary>
public sealed class OpenDoors
{
    private const string Link = "/v1/collections/opt-outs/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    [Fact]
    public async Task links_to_opt_out_reach_collections_without_a_token_and_nothing_else_of_it_does()
    {
        await using var gateway = await WholeGateway.StartAsync(Echo);
        using var anybody = gateway.Client();
        var cancellation = TestContext.Current.CancellationToken;

        (await anybody.GetStringAsync(Link, cancellation)).ShouldBe($"GET {Link}");
        using var oneClick = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        using var said = await anybody.PostAsync(Link, oneClick, cancellation);
        (await said.Content.ReadAsStringAsync(cancellation)).ShouldBe($"POST {Link}");
        foreach (var path in new[] { "/v1/collections/notices", "/v1/collections/opt-outs", $"{Link}/more" })
        {
            using var answer = await anybody.GetAsync(path, cancellation);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
        }
    }

    [Fact]
    public async Task what_a_known_proxy_says_of_its_callers_is_believed()
    {
        await using var gateway = await WholeGateway.StartAsync(
            CallerAsTold, ("KnownProxies:0", "127.0.0.0/8"), ("KnownProxies:1", "192.0.2.7/32"));

        (await CallerAsync(gateway, "198.51.100.1")).ShouldBe("198.51.100.1");
        (await CallerAsync(gateway, "198.51.100.1, 192.0.2.7")).ShouldBe("198.51.100.1");
        (await CallerAsync(gateway, "198.51.100.1, 198.51.100.2")).ShouldBe("198.51.100.2");
        using var client = gateway.Client();
        using var request = From("198.51.100.4", "/openapi/v1.json");
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("https://127.0");
    }

    [Fact]
    public async Task what_anybody_else_says_of_callers_is_not()
    {
        await using var gateway = await WholeGateway.StartAsync(CallerAsTold);

        (await CallerAsync(gateway, "198.51.100.1")).ShouldBe("127.0.0.1");
    }

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("load-balancer")]
    public void what_is_no_network_of_proxies_ends_the_start_and_is_named(string setting)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection([new("KnownProxies:0", setting)]);
        builder.WebHost.UseKestrelCore();
        using var gateway = (IDisposable)builder.Build();

        Should.Throw<InvalidOperationException>(((WebApplication)gateway).UseKnownProxies).Message
            .ShouldContain($"KnownProxies: '{setting}'");
    }

    private static Task Echo(HttpContext http) =>
        http.Response.WriteAsync($"{http.Request.Method} {http.Request.Path}");

    /// <summary>The address that the gateway counts and passes on.</summary>
    private static Task CallerAsTold(HttpContext http) => http.Response.WriteAsync(
        http.Request.Path == "/openapi/v1.json" ? "{}" : $"{http.Request.Headers["X-Forwarded-For"]}");

    private static async Task<string> CallerAsync(WholeGateway gateway, string forwardedFor)
    {
        using var client = gateway.Client();
        using var request = From(forwardedFor, Link);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static HttpRequestMessage From(string forwardedFor, string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        request.Headers.Add("X-Forwarded-Proto", "https");
        return request;
    }
}
