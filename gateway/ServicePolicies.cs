using Microsoft.AspNetCore.Authorization;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Gateway;

/// <summary>
/// A first check at the door, named in the routes: reads need the service's <c>:read</c> scope, everything else its <c>:write</c>.
/// The service checks again, with entity and authority.
/// </summary>
internal static class ServicePolicies
{
    public static void AddServicePolicies(this AuthorizationBuilder policies)
    {
        foreach (var (name, scope) in new[]
        {
            ("invoicing", "invoicing"), ("cash", "cash"), ("credit", "credit"), ("collections", "collections"),
        })
        {
            policies.AddPolicy(name, policy => policy.RequireAuthenticatedUser()
                .AddRequirements(new ServiceScopeRequirement(scope)));
        }

        policies.AddPolicy("admin", policy => policy.RequireScope(Scopes.Admin));
        policies.Services.AddSingleton<IAuthorizationHandler, ServiceScopeHandler>();
    }

    private sealed record ServiceScopeRequirement(string Service) : IAuthorizationRequirement;

    private sealed class ServiceScopeHandler : AuthorizationHandler<ServiceScopeRequirement>
    {
        protected override Task HandleRequirementAsync(
            AuthorizationHandlerContext context, ServiceScopeRequirement requirement)
        {
            if (context.Resource is HttpContext http)
            {
                var reads = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
                if (context.User.HasScope($"{requirement.Service}:{(reads ? "read" : "write")}"))
                    context.Succeed(requirement);
            }

            return Task.CompletedTask;
        }
    }
}
