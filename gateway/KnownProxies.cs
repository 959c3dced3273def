using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace OrderToCash.Gateway;

/// <summary>
/// The load balancers in front of the gateway (<c>KnownProxies</c>: networks such as <c>10.2.0.0/16</c>, a single one
/// as <c>192.0.2.7/32</c>): what they say of a caller's address and of HTTPS is believed. Of anybody else it is not, or
/// a caller could take any address; without the setting it is of nobody.
/// </summary>
internal static class KnownProxies
{
    /// <summary>Comes first: whatever asks for the caller's address comes later.</summary>
    public static void UseKnownProxies(this WebApplication app)
    {
        var known = app.Configuration.GetSection("KnownProxies").Get<string[]>() ?? [];

        // With an empty list the middleware would believe everybody.
        if (known.Length == 0)
            return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,

            // Of several in a row each is known: the first that is not is the caller.
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in known)
            options.KnownIPNetworks.Add(IPNetwork.TryParse(network, out var its)
                ? its
                : throw new InvalidOperationException(
                    $"KnownProxies: '{network}' is no network such as 10.2.0.0/16; a single one is 192.0.2.7/32."));
        app.UseForwardedHeaders(options);
    }
}
