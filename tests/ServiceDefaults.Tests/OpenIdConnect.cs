using System.Net;
using Microsoft.AspNetCore.Http;
using OrderToCash.ServiceDefaults.Tests.Support;
using OrderToCash.TestKit;

namespace OrderToCash.ServiceDefaults.Tests;

public sealed class OpenIdConnect(Servers servers)
{
    [Fact]
    public async Task keys_and_issuer_come_from_the_authority()
    {
        using var issuer = new Issuer();
        await using var authority = await StartAsync(issuer);
        await using var database = await servers.CreateDatabaseAsync();
        await using var bank = await BankApp.StartAsync(database.ConnectionString, Settings(authority.Address));

        (await StatusAsync(bank, issuer.Token())).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(bank, issuer.Token(issuer: "https://evil.test"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(bank, bank.Issuer.Token())).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task while_the_authority_is_away_nobody_is_called_a_forger()
    {
        using var issuer = new Issuer();
        var authority = await StartAsync(issuer);
        await using var database = await servers.CreateDatabaseAsync();
        await using var bank = await BankApp.StartAsync(database.ConnectionString, Settings(authority.Address));
        await authority.DisposeAsync();

        using var client = bank.ClientFor(issuer.Token());
        using var answer = await client.GetAsync("/v1/accounts");
        await answer.ShouldBeProblemAsync(503, "unavailable");
        using var stranger = bank.ClientFor(null);
        using var none = await stranger.GetAsync("/v1/accounts");
        await none.ShouldBeProblemAsync(401, "unauthenticated");
    }

    private static Task<OtherServer> StartAsync(Issuer issuer) => OtherServer.StartAsync(async http =>
    {
        if (http.Request.Path == "/keys")
            await http.Response.WriteAsync(await File.ReadAllTextAsync(issuer.JwksPath));
        else if (http.Request.Path == "/.well-known/openid-configuration")
            await http.Response.WriteAsJsonAsync(new { issuer = Issuer.Name, jwks_uri = $"http://{http.Request.Host}/keys" });
        else
            http.Response.StatusCode = 404;
    });

    private static (string, string?)[] Settings(Uri authority) =>
        [("Auth:Authority", authority.ToString()), ("Auth:JwksFile", null), ("Auth:Issuer", null)];

    private static async Task<HttpStatusCode> StatusAsync(BankApp bank, string token)
    {
        using var client = bank.ClientFor(token);
        using var answer = await client.GetAsync("/v1/accounts");
        return answer.StatusCode;
    }
}
