using Microsoft.IdentityModel.Tokens;
using OrderToCash.ServiceDefaults.Tests.Support;

namespace OrderToCash.ServiceDefaults.Tests;

public sealed class RememberingTokens : IDisposable
{
    private readonly Issuer _issuer = new();
    private readonly ManualClock _clock = new();
    private readonly RememberedTokens _tokens;
    private object _keys = new();
    private int _validated;

    public RememberingTokens() => _tokens = new RememberedTokens(() => _keys, _clock);

    public void Dispose() => _issuer.Dispose();

    [Fact]
    public async Task a_good_one_is_validated_once_in_half_a_minute()
    {
        var token = _issuer.Token();
        var first = await ValidateAsync(token);
        (await ValidateAsync(token)).ClaimsIdentity.FindFirst("sub")!.Value.ShouldBe("ana");
        first.IsValid.ShouldBeTrue();
        _validated.ShouldBe(1);
        await ValidateAsync(_issuer.Token(subject: "ben"));
        _validated.ShouldBe(2);

        _clock.Advance(TimeSpan.FromSeconds(31));
        await ValidateAsync(token);
        _validated.ShouldBe(3);
    }

    [Fact]
    public async Task it_is_not_remembered_beyond_its_expiry()
    {
        var token = _issuer.Token(expiresIn: TimeSpan.FromSeconds(20));
        await ValidateAsync(token);
        _clock.Advance(TimeSpan.FromSeconds(20));
        await ValidateAsync(token);
        _validated.ShouldBe(2);
    }

    [Fact]
    public async Task nor_is_one_that_only_the_tolerance_for_clocks_lets_in()
    {
        var token = _issuer.Token(expiresIn: TimeSpan.FromSeconds(-5));
        (await ValidateAsync(token)).IsValid.ShouldBeTrue();
        await ValidateAsync(token);
        _validated.ShouldBe(2);
    }

    [Fact]
    public async Task after_a_change_of_the_keys_it_is_validated_again()
    {
        var token = _issuer.Token();
        await ValidateAsync(token);
        _keys = new object();
        _issuer.Rotate();
        (await ValidateAsync(token)).IsValid.ShouldBeFalse();
    }

    [Fact]
    public async Task a_bad_one_is_looked_at_each_time()
    {
        var token = _issuer.Token();
        await ValidateAsync(token);
        var forged = token[..^4] + (token.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA");
        (await ValidateAsync(forged)).IsValid.ShouldBeFalse();
        (await ValidateAsync(forged)).IsValid.ShouldBeFalse();
        _validated.ShouldBe(3);
    }

    private Task<TokenValidationResult> ValidateAsync(string token) => _tokens.ValidateTokenAsync(
        token,
        new TokenValidationParameters
        {
            ValidAudience = "ordertocash",
            ValidIssuer = Issuer.Name,
            ClockSkew = TimeSpan.FromSeconds(30),
            IssuerSigningKeyResolver = (_, _, keyId, _) =>
            {
                _validated++;
                return new JwksFile(_issuer.JwksPath, _clock).Find(keyId);
            },
        });
}
