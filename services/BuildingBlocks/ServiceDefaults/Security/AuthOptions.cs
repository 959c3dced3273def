using Microsoft.Extensions.Options;

namespace OrderToCash.ServiceDefaults;

/// <summary>Section <c>Auth</c> of the configuration: who issues the tokens and how their keys are found.</summary>
public sealed class AuthOptions
{
    /// <summary>An OpenID Connect issuer; keys come from its discovery document.</summary>
    public string? Authority { get; set; }

    /// <summary>A file with a JSON Web Key Set, read again whenever it changes.</summary>
    public string? JwksFile { get; set; }

    /// <summary>The <c>iss</c> tokens must carry; needed with a file, else the authority says it.</summary>
    public string? Issuer { get; set; }

    /// <summary>The <c>aud</c> tokens must carry.</summary>
    public string Audience { get; set; } = "ordertocash";
}

/// <summary>There is no mode without authentication: a service that cannot verify tokens does not start.</summary>
internal sealed class AuthOptionsValidator : IValidateOptions<AuthOptions>
{
    public ValidateOptionsResult Validate(string? name, AuthOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Authority) == string.IsNullOrWhiteSpace(options.JwksFile))
        {
            return ValidateOptionsResult.Fail(
                "Set either Auth:Authority (an OpenID Connect issuer) or Auth:JwksFile (a file with its public " +
                "keys): there is no mode without authentication.");
        }

        if (options.JwksFile is { Length: > 0 } file)
        {
            if (string.IsNullOrWhiteSpace(options.Issuer))
                return ValidateOptionsResult.Fail("Auth:JwksFile needs Auth:Issuer, the 'iss' of the tokens.");
            if (JwksFile.Problem(file) is { } problem)
                return ValidateOptionsResult.Fail(problem);
        }
        else if (!Uri.TryCreate(options.Authority, UriKind.Absolute, out var authority)
            || (authority.Scheme != Uri.UriSchemeHttps && !authority.IsLoopback))
        {
            return ValidateOptionsResult.Fail("Auth:Authority must be an https address (http only on this machine).");
        }

        return ValidateOptionsResult.Success;
    }
}
