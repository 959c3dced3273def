using Microsoft.AspNetCore.Http.Timeouts;
using OrderToCash.ServiceDefaults;
using Yarp.ReverseProxy.Health;

namespace OrderToCash.Gateway;

/// <summary>
/// One API over the four services. Routes are configuration (appsettings.json); code is only what a route cannot say:
/// limits per caller, the composed account and key figures, the approvals of all services, and the API documents.
/// </summary>
public static class GatewayService
{
    /// <summary>Adds the proxy, the limits and the clients for composed reads.</summary>
    public static void AddGateway(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddReverseProxy()
            .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))

            // Who asks before sending a large body gets the service's answer, also from a service that is busy.
            .ConfigureHttpClient((_, handler) => handler.Expect100ContinueTimeout = TimeSpan.FromSeconds(15));

        // How long a request may take is its service's matter: a large statement comes over a slow line for minutes.
        // Here a silence is bounded, per cluster, and so are the composed reads (ServiceClients).
        builder.Services.Configure<RequestTimeoutOptions>(timeouts => timeouts.DefaultPolicy = null);
        builder.Services.AddAuthorizationBuilder().AddServicePolicies();
        builder.AddCallerLimits();
        builder.Services.AddSingleton<InstanceHealth>();
        builder.Services.AddSingleton<IPassiveHealthCheckPolicy>(services =>
            services.GetRequiredService<InstanceHealth>());
        builder.AddServiceClients();
        builder.Services.AddSingleton<ApiDocument>();
    }

    /// <summary>Maps what the gateway answers itself, then everything it passes on.</summary>
    public static void MapGateway(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseRateLimiter();
        app.MapApiDocument();
        app.MapCustomerAccount();
        app.MapKeyFigures();
        app.MapApprovalInbox();
        app.MapReverseProxy(proxy =>
        {
            proxy.Use(ApprovalOwner.RouteAsync);
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
        }).RequireRateLimiting(CallerLimits.Policy);
    }
}
