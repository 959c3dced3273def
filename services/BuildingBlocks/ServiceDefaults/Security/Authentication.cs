using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace OrderToCash.ServiceDefaults;

internal static class Authentication
{
    /// <summary>Only signatures whose verification key cannot sign.</summary>
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public static IServiceCollection AddBearerAuthentication(this IServiceCollection services)
    {
        services.AddOptions<AuthOptions>().BindConfiguration("Auth").ValidateOnStart();
        services.AddSingleton<IValidateOptions<AuthOptions>, AuthOptionsValidator>();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<IOptions<AuthOptions>, TimeProvider>((bearer, auth, clock) =>
                Configure(bearer, auth.Value, clock));
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, ForbiddenProblems>();
        services.AddScoped(provider =>
            Caller.Of(provider.GetRequiredService<IHttpContextAccessor>().HttpContext
                ?? throw new InvalidOperationException("There is no caller outside a request.")));
        return services;
    }

    private static void Configure(JwtBearerOptions bearer, AuthOptions auth, TimeProvider clock)
    {
        bearer.MapInboundClaims = false;
        bearer.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAudience = auth.Audience,
            ValidIssuer = auth.Issuer,
            ValidAlgorithms = Algorithms,
            ClockSkew = TimeSpan.FromSeconds(30),
            NameClaimType = "sub",
            RoleClaimType = "roles",
        };
        Func<object?> keys = () => null;
        if (auth.JwksFile is { Length: > 0 } path)
        {
            var file = new JwksFile(path, clock);
            keys = () => file.Keys;
            bearer.TokenValidationParameters.IssuerSigningKeyResolver = (_, _, keyId, _) => file.Find(keyId);
        }
        else
        {
            bearer.Authority = auth.Authority;
            bearer.RequireHttpsMetadata = !new Uri(auth.Authority!).IsLoopback;
        }

        bearer.TokenHandlers.Clear();
        bearer.TokenHandlers.Add(new RememberedTokens(keys, clock));
        bearer.Events = new JwtBearerEvents
        {
            OnAuthenticationFailed = context => EnsureIssuerIsKnownAsync(bearer, context.HttpContext.RequestAborted),
            OnTokenValidated = context =>
            {
                // Events, idempotency keys and approvals all name the subject.
                if (string.IsNullOrWhiteSpace(context.Principal?.FindFirstValue("sub")))
                    context.Fail("The token has no subject.");
                return Task.CompletedTask;
            },
        };
    }

    /// <summary>
    /// Without the issuer's keys no token can be judged: that is our trouble (503), not the caller's (401). Keys once
    /// read are kept.
    /// </summary>
    private static async Task EnsureIssuerIsKnownAsync(JwtBearerOptions bearer, CancellationToken cancellation)
    {
        try
        {
            if (bearer.ConfigurationManager is { } issuer)
                await issuer.GetConfigurationAsync(cancellation);
        }
        catch (InvalidOperationException away)
        {
            throw new ProblemException(
                Problems.Unavailable("The issuer of the tokens is away, so none can be verified. Try again shortly."),
                away);
        }
    }
}

/// <summary>Says which scope lacks, in the problem and in <c>WWW-Authenticate</c> (RFC 6750 section 3.1).</summary>
internal sealed class ForbiddenProblems : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _default = new();

    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult)
    {
        var missing = authorizeResult.AuthorizationFailure?.FailedRequirements
            .OfType<ScopeRequirement>().FirstOrDefault();
        if (!authorizeResult.Forbidden || missing is null)
            return _default.HandleAsync(next, context, policy, authorizeResult);
        var scope = missing.For(context);
        context.Response.Headers.WWWAuthenticate = $"Bearer error=\"insufficient_scope\", scope=\"{scope}\"";
        return Problems.MissingScope(scope).ExecuteAsync(context);
    }
}
