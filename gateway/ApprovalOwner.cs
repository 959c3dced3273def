using System.Net;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;
using Yarp.ReverseProxy;

namespace OrderToCash.Gateway;

/// <summary>
/// An approval is in one service, and its address does not say in which: all are asked, and the request goes as it is
/// to the one that has it. Routes with the metadata <c>Owner</c> are passed on so.
/// </summary>
internal static class ApprovalOwner
{
    public static async Task RouteAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetRouteModel().Config.Metadata?.ContainsKey("Owner") != true)
        {
            await next(http);
            return;
        }

        var proxy = http.RequestServices.GetRequiredService<IProxyStateLookup>();
        var clients = http.RequestServices.GetRequiredService<IHttpClientFactory>();
        var id = Guid.Parse($"{http.Request.RouteValues["id"]}");
        var answers = await clients.ReadAllAsync($"/v1/approvals/{id}", http.Request, http.RequestAborted);
        if (answers.FirstOrDefault(answer => answer.IsGood || IsOfAnotherEntity(answer)) is { } owner)
        {
            proxy.TryGetCluster(owner.Service, out var cluster);
            http.ReassignProxyRequest(cluster!);
            await next(http);
            return;
        }

        await Nowhere(id, answers).ExecuteAsync(http);
    }

    /// <summary>The service has it and says so to this caller in its own words.</summary>
    private static bool IsOfAnotherEntity(ServiceAnswer answer) =>
        answer.Status == HttpStatusCode.Forbidden && answer.Code != "scope-missing";

    /// <summary>Only when all have said so it is certain that there is none.</summary>
    private static IResult Nowhere(Guid id, IReadOnlyList<ServiceAnswer> answers) =>
        answers.Any(answer => answer.IsAway)
            ? Problems.Unavailable("A service that may have this approval is away. Try again shortly.")
            : answers.FirstOrDefault(answer => answer.Status != HttpStatusCode.NotFound)?.AsResult()
                ?? Problems.From(Refusal.NotFound("approval", id));
}
