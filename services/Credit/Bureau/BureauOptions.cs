using Microsoft.Extensions.Options;

namespace OrderToCash.Credit.Bureau;

/// <summary>Where the credit bureau is and how long it may take; section <c>Bureau</c>.</summary>
public sealed class BureauOptions
{
    /// <summary>Address of its API, which is in the style of D&amp;B Direct+; empty where there is no bureau.</summary>
    public string Address { get; set; } = "";

    /// <summary>Consumer key.</summary>
    public string Key { get; set; } = "";

    /// <summary>Consumer secret.</summary>
    public string Secret { get; set; } = "";

    /// <summary>Seconds one attempt may take.</summary>
    public int AttemptSeconds { get; set; } = 20;

    /// <summary>Seconds all attempts together may take.</summary>
    public int TotalSeconds { get; set; } = 60;

    /// <summary>How often a failed attempt is repeated.</summary>
    public int Retries { get; set; } = 3;

    /// <summary>True when there is a bureau.</summary>
    public bool IsSet => Address.Length > 0;
}

/// <summary>Stops the start of a service whose bureau cannot be what was meant.</summary>
public sealed class BureauOptionsValidator : IValidateOptions<BureauOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, BureauOptions options) =>
        !options.IsSet ? ValidateOptionsResult.Success
        : !Uri.TryCreate(options.Address, UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https")
            ? ValidateOptionsResult.Fail($"Bureau:Address '{options.Address}' is not an HTTP address.")
        : options.Key.Length == 0 || options.Secret.Length == 0
            ? ValidateOptionsResult.Fail("Bureau:Address is set; set Bureau:Key and Bureau:Secret, too.")
        : options is { AttemptSeconds: < 1 or > 300 } or { TotalSeconds: < 1 or > 600 } or { Retries: < 1 or > 10 }
            ? ValidateOptionsResult.Fail("Bureau: an attempt takes 1 to 300 s, all 1 to 600 s, with 1 to 10 retries.")
        : ValidateOptionsResult.Success;
}
