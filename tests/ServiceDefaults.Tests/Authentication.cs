using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OrderToCash.ServiceDefaults.Tests.Support;
using OrderToCash.TestKit;

namespace OrderToCash.ServiceDefaults.Tests;

public sealed class Authentication(BankFixture fixture) : IClassFixture<BankFixture>
{
    private Issuer Issuer => fixture.Bank.Issuer;

    [Fact]
    public async Task a_good_token_is_let_in() => (await StatusAsync(Issuer.Token())).ShouldBe(HttpStatusCode.OK);

    /// <summary>A token is taken apart once per request, for who lets in and for who answers.</summary>
    [Fact]
    public async Task who_was_let_in_is_known_from_then_on()
    {
        var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim("scope", "invoicing:read")], "test"));
        var http = new DefaultHttpContext { User = user };
        http.Request.Method = HttpMethods.Get;
        var requirement = new ScopeRequirement(Scopes.InvoicingRead, Scopes.InvoicingWrite);
        var asked = new AuthorizationHandlerContext([requirement], user, http);

        await requirement.HandleAsync(asked);

        asked.HasSucceeded.ShouldBeTrue();
        http.Features.Get<Caller>().ShouldBeSameAs(Caller.Of(http));
    }

    /// <summary>What does for one of them does not do for the other as well.</summary>
    [Fact]
    public async Task of_two_requirements_each_is_met_by_its_own_scopes()
    {
        var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim("scope", "credit:write")], "test"));
        var orders = new ScopeRequirement(Scopes.CreditRead, Scopes.CreditOrders, Scopes.CreditWrite);
        var admin = new ScopeRequirement(Scopes.Admin, Scopes.Admin);
        var asked = new AuthorizationHandlerContext([orders, admin], user, new DefaultHttpContext { User = user });

        await orders.HandleAsync(asked);
        await admin.HandleAsync(asked);

        asked.PendingRequirements.ShouldBe([admin]);
    }

    [Theory]
    [InlineData("invoicing:read")]
    [InlineData("cash:write invoicing:read admin")]
    public async Task scopes_may_be_one_text(string scope) =>
        (await StatusAsync(Issuer.Token(scope: scope))).ShouldBe(HttpStatusCode.OK);

    [Fact]
    public async Task scopes_may_be_a_list() =>
        (await StatusAsync(Issuer.Token(scope: new[] { "cash:read", "invoicing:read" }))).ShouldBe(HttpStatusCode.OK);

    [Fact]
    public async Task an_expired_token_is_refused() =>
        (await StatusAsync(Issuer.Token(expiresIn: TimeSpan.FromMinutes(-2)))).ShouldBe(HttpStatusCode.Unauthorized);

    [Fact]
    public async Task a_token_of_tomorrow_is_refused() =>
        (await StatusAsync(Issuer.Token(expiresIn: TimeSpan.FromHours(3)))).ShouldBe(HttpStatusCode.Unauthorized);

    [Fact]
    public async Task a_token_for_somebody_else_is_refused() =>
        (await StatusAsync(Issuer.Token(audience: "another-api"))).ShouldBe(HttpStatusCode.Unauthorized);

    [Fact]
    public async Task a_token_of_another_issuer_is_refused() =>
        (await StatusAsync(Issuer.Token(issuer: "https://evil.test"))).ShouldBe(HttpStatusCode.Unauthorized);

    [Fact]
    public async Task a_token_without_a_subject_is_refused() =>
        (await StatusAsync(Issuer.Token(subject: ""))).ShouldBe(HttpStatusCode.Unauthorized);

    [Fact]
    public async Task a_signature_by_another_key_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var forged = Issuer.Token(key: new ECDsaSecurityKey(key) { KeyId = "key-1" });
        (await StatusAsync(forged)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task an_unsigned_token_is_refused()
    {
        var parts = Issuer.Token().Split('.');
        var header = Base64UrlEncoder.Encode("{\"alg\":\"none\",\"typ\":\"JWT\"}");
        (await StatusAsync($"{header}.{parts[1]}.")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync($"{header}.{parts[1]}.{parts[2]}")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task the_public_key_as_a_shared_secret_is_refused()
    {
        var secret = new SymmetricSecurityKey(await File.ReadAllBytesAsync(Issuer.JwksPath)) { KeyId = "key-1" };
        var forged = Issuer.Token(key: secret, algorithm: SecurityAlgorithms.HmacSha256);
        (await StatusAsync(forged)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("a.b.c")]
    [InlineData("..")]
    public async Task what_is_no_token_is_refused(string token)
    {
        using var client = fixture.Bank.ClientFor(token);
        using var answer = await client.GetAsync("/v1/accounts");

        await answer.ShouldBeProblemAsync(401, "unauthenticated");
        answer.Headers.WwwAuthenticate.ToString().ShouldContain("invalid_token");
    }

    [Fact]
    public async Task a_new_key_in_the_file_is_taken_and_the_old_one_no_longer()
    {
        var old = Issuer.Token();
        (await StatusAsync(old)).ShouldBe(HttpStatusCode.OK);
        Issuer.Rotate();
        var next = Issuer.Token();

        await Eventually.Passes(async () => (await StatusAsync(next)).ShouldBe(HttpStatusCode.OK));
        (await StatusAsync(old)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task a_half_written_file_locks_nobody_out()
    {
        using var issuer = new Issuer();
        var clock = new ManualClock();
        var file = new JwksFile(issuer.JwksPath, clock);
        file.Find("key-1").ShouldHaveSingleItem();
        await File.WriteAllTextAsync(issuer.JwksPath, "{\"keys\":[{\"kty\":\"E");
        clock.Advance(TimeSpan.FromSeconds(2));

        file.Find("key-1").ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(null, null, null, "Set either Auth:Authority")]
    [InlineData("https://issuer.test", "file", Issuer.Name, "Set either Auth:Authority")]
    [InlineData(null, "file", null, "Auth:Issuer")]
    [InlineData(null, "/no/such/file", Issuer.Name, "there is no file /no/such/file")]
    [InlineData(null, "empty", Issuer.Name, "no public signing key")]
    [InlineData(null, "broken", Issuer.Name, "cannot be read as a JSON Web Key Set")]
    [InlineData(null, "symmetric", Issuer.Name, "no public signing key")]
    [InlineData("http://issuer.example", null, null, "must be an https address")]
    [InlineData("not an address", null, null, "must be an https address")]
    public async Task a_service_that_cannot_verify_tokens_does_not_start_and_says_why(
        string? authority, string? file, string? name, string sentence)
    {
        using var issuer = new Issuer();
        if (file is "empty" or "broken" or "symmetric")
        {
            await File.WriteAllTextAsync(issuer.JwksPath, file switch
            {
                "empty" => "{\"keys\":[]}",
                "broken" => "keys!",
                _ => "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"key-1\",\"k\":\"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0\"}]}",
            });
        }

        await using var app = BankApp.Build(
            issuer, "Host=127.0.0.1;Port=1", ("Auth:Authority", authority), ("Auth:Issuer", name),
            ("Auth:JwksFile", file is null or "/no/such/file" ? file : issuer.JwksPath));
        var error = await Should.ThrowAsync<OptionsValidationException>(() => app.StartAsync());
        error.Message.ShouldContain(sentence);
    }

    private async Task<HttpStatusCode> StatusAsync(string token)
    {
        using var client = fixture.Bank.ClientFor(token);
        using var answer = await client.GetAsync("/v1/accounts");
        return answer.StatusCode;
    }
}
