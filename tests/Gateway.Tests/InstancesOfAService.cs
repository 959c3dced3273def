using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderToCash.ServiceDefaults;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace OrderToCash.Gateway.Tests;

/// <summary>What the gateway reads itself, from services of which some instances are not well.</summary>
public sealed class InstancesOfAService
{
    /// <summary>Nobody listens there.</summary>
    private const string Dead = "http://127.0.0.1:9";

    /// <summary>Whichever of the two is asked first, and however many reads one answer takes.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public async Task of_two_one_is_dead_and_no_read_notices(int place)
    {
        await using var well = await OneServer.StartAsync(http => http.Response.WriteAsync("{}"));
        await using var gateway = Gateway(
            ServiceClients.Services.SelectMany(service => new[] { (service, place, Dead), (service, 5, Url(well)) }));
        var clients = gateway.Services.GetRequiredService<IHttpClientFactory>();

        for (var time = 0; time < 20; time++)
        {
            var answers = await clients.ReadAllAsync("/v1/approvals", Caller(), TestContext.Current.CancellationToken);
            answers.Where(answer => !answer.IsGood).Select(answer => answer.Service).ShouldBeEmpty($"time {time}");
        }

        foreach (var service in ServiceClients.Services)
            OutOf(gateway, service).ShouldBe([$"{place}"]);
    }

    [Fact]
    public async Task an_instance_that_stands_still_after_its_headers_is_given_up_for_another()
    {
        await using var frozen = await OneServer.StartAsync(StandStillAsync);
        await using var well = await OneServer.StartAsync(http => http.Response.WriteAsync("{}"));
        await using var gateway = Gateway(
            [("credit", 1, Url(frozen)), ("credit", 2, Url(well))], attempt: "00:00:00.2", total: "00:00:30");
        var clients = gateway.Services.GetRequiredService<IHttpClientFactory>();

        for (var time = 0; time < 2; time++)
        {
            (await clients.ReadAsync("credit", "/", Caller(), TestContext.Current.CancellationToken)).IsGood
                .ShouldBeTrue();
        }
    }

    [Fact]
    public async Task a_service_that_stands_still_after_its_headers_keeps_nobody_waiting_for_long()
    {
        await using var frozen = await OneServer.StartAsync(StandStillAsync);
        await using var well = await OneServer.StartAsync(http => http.Response.WriteAsync(
            """{ "paths": { "/v1/here": { "get": { "operationId": "Here" } } } }"""));
        await using var gateway = Gateway(
            ServiceClients.Services.Select(service => (service, 1, service == "credit" ? Url(frozen) : Url(well))),
            attempt: "00:00:00.2", total: "00:00:00.5");
        var clients = gateway.Services.GetRequiredService<IHttpClientFactory>();

        (await clients.ReadAsync("credit", "/", Caller(), TestContext.Current.CancellationToken)).IsAway.ShouldBeTrue();
        var documents = gateway.Services.GetRequiredService<ApiDocument>();
        var shown = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ =>
            documents.MergeAsync([], Caller(), TestContext.Current.CancellationToken)));
        shown.ShouldAllBe(document => document["paths"]!.AsObject().ContainsKey("/v1/here"));
    }

    [Fact]
    public async Task one_that_is_away_is_asked_for_its_document_once_in_a_while()
    {
        var asked = 0;
        await using var away = await OneServer.StartAsync(http =>
        {
            Interlocked.Increment(ref asked);
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        await using var gateway = Gateway(ServiceClients.Services.Select(service => (service, 1, Url(away))));
        var documents = gateway.Services.GetRequiredService<ApiDocument>();

        for (var time = 0; time < 3; time++)
            await documents.MergeAsync([], Caller(), TestContext.Current.CancellationToken);

        asked.ShouldBe(ServiceClients.Services.Count);
    }

    [Fact]
    public async Task a_service_that_only_fails_is_spared()
    {
        var asked = 0;
        await using var failing = await OneServer.StartAsync(http =>
        {
            Interlocked.Increment(ref asked);
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
        await using var gateway = Gateway([("credit", 1, Url(failing))]);
        var clients = gateway.Services.GetRequiredService<IHttpClientFactory>();

        for (var time = 0; time < 10; time++)
        {
            var answer = await clients.ReadAsync("credit", "/", Caller(), TestContext.Current.CancellationToken);
            answer.IsAway.ShouldBeTrue();
        }

        asked.ShouldBe(5);
        OutOf(gateway, "credit").ShouldBe(["1"]);
    }

    /// <summary>It goes on being made, and a report that is slow is no instance that is not well.</summary>
    [Fact]
    public async Task a_report_that_is_given_up_is_not_asked_for_again()
    {
        var asked = 0;
        await using var slow = await OneServer.StartAsync(http =>
        {
            Interlocked.Increment(ref asked);
            return StandStillAsync(http);
        });
        await using var gateway = Gateway([("credit", 1, Url(slow))], report: "00:00:00.4");
        var clients = gateway.Services.GetRequiredService<IHttpClientFactory>();

        for (var time = 0; time < 6; time++)
        {
            var answer = await clients.ReadReportAsync(
                "credit", "/v1/reports/order-holds", Caller(), TestContext.Current.CancellationToken);
            answer.IsAway.ShouldBeTrue();
        }

        asked.ShouldBe(6);
        OutOf(gateway, "credit").ShouldBeEmpty();
    }

    [Fact]
    public async Task a_report_takes_longer_than_what_a_person_waits_for()
    {
        await using var slow = await OneServer.StartAsync(async http =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, http.RequestAborted);
            await http.Response.WriteAsync("{}");
        });
        await using var gateway = Gateway(
            [("invoicing", 1, Url(slow))], attempt: "00:00:00.1", total: "00:00:00.2", report: "00:01:00");
        var clients = gateway.Services.GetRequiredService<IHttpClientFactory>();

        (await clients.ReadAsync("invoicing", "/", Caller(), TestContext.Current.CancellationToken)).IsAway
            .ShouldBeTrue();
        (await clients.ReadReportAsync("invoicing", "/", Caller(), TestContext.Current.CancellationToken)).IsGood
            .ShouldBeTrue();
    }

    [Fact]
    public async Task an_impatient_caller_does_not_have_the_next_one_ask_for_the_document_again()
    {
        var (asked, told) = (0, new TaskCompletionSource());
        await using var slow = await OneServer.StartAsync(async http =>
        {
            Interlocked.Increment(ref asked);
            await told.Task;
            await http.Response.WriteAsync("{}");
        });
        await using var gateway = Gateway(ServiceClients.Services.Select(service => (service, 1, Url(slow))));
        var documents = gateway.Services.GetRequiredService<ApiDocument>();
        using var patience = new CancellationTokenSource();

        var first = documents.MergeAsync([], Caller(), patience.Token);
        await patience.CancelAsync();
        var second = documents.MergeAsync([], Caller(), TestContext.Current.CancellationToken);
        told.SetResult();
        await Task.WhenAll(first, second);

        asked.ShouldBe(ServiceClients.Services.Count);
    }

    /// <summary>A large body that is refused is answered, and the rest of it not taken.</summary>
    [Theory]
    [InlineData(ForwarderError.Request, 502, true)]
    [InlineData(ForwarderError.RequestBodyDestination, 502, true)]
    [InlineData(ForwarderError.RequestBodyDestination, 409, false)]
    [InlineData(ForwarderError.None, 503, false)]
    public async Task routes_tell_whether_their_instance_fails(ForwarderError error, int status, bool isOut)
    {
        await using var gateway = Gateway([("credit", 1, Dead)]);

        for (var time = 0; time < 5; time++)
            Proxied(gateway, error, status);

        OutOf(gateway, "credit").ShouldBe(isOut ? ["1"] : []);
    }

    [Fact]
    public async Task a_route_that_is_told_that_its_service_is_away_makes_no_instance_well()
    {
        await using var gateway = Gateway([("credit", 1, Dead)]);
        for (var time = 0; time < 4; time++)
            Proxied(gateway, ForwarderError.Request, 502);

        Proxied(gateway, ForwarderError.None, 503);
        Proxied(gateway, ForwarderError.Request, 502);
        OutOf(gateway, "credit").ShouldBe(["1"]);

        Proxied(gateway, ForwarderError.None, 200);
        OutOf(gateway, "credit").ShouldBeEmpty();
    }

    /// <summary>A request of a route has ended so.</summary>
    private static void Proxied(WebApplication gateway, ForwarderError error, int status)
    {
        gateway.Services.GetRequiredService<IProxyStateLookup>().TryGetCluster("credit", out var cluster)
            .ShouldBeTrue();
        var http = new DefaultHttpContext { RequestServices = gateway.Services };
        http.Response.StatusCode = status;
        http.Features.Set<IReverseProxyFeature>(new Passed(cluster!));
        http.Features.Set<IForwarderErrorFeature>(new Failed(error));
        gateway.Services.GetRequiredService<InstanceHealth>()
            .RequestProxied(http, cluster!, cluster!.DestinationsState.AllDestinations.Single());
    }

    private sealed record Failed(ForwarderError Error) : IForwarderErrorFeature
    {
        public Exception? Exception => null;
    }

    private sealed class Passed(ClusterState cluster) : IReverseProxyFeature
    {
        public RouteModel Route => throw new NotSupportedException();

        public ClusterModel Cluster => cluster.Model;

        public IReadOnlyList<DestinationState> AllDestinations => cluster.DestinationsState.AllDestinations;

        public IReadOnlyList<DestinationState> AvailableDestinations { get; set; } = [];

        public DestinationState? ProxiedDestination { get; set; }
    }

    private static IEnumerable<string> OutOf(WebApplication gateway, string service)
    {
        gateway.Services.GetRequiredService<IProxyStateLookup>().TryGetCluster(service, out var cluster)
            .ShouldBeTrue();
        return cluster!.DestinationsState.AllDestinations
            .Where(one => one.Health.Passive == DestinationHealth.Unhealthy)
            .Select(one => one.DestinationId);
    }

    private static HttpRequest Caller() => new DefaultHttpContext().Request;

    private static async Task StandStillAsync(HttpContext http)
    {
        await http.Response.StartAsync();
        await http.Response.Body.FlushAsync();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
    }

    private static string Url(WebApplication service) => service.Urls.Single();

    /// <summary>A gateway that takes no requests, with these addresses only.</summary>
    private static WebApplication Gateway(
        IEnumerable<(string Service, int Place, string Address)> instances,
        string? attempt = null, string? total = null, string? report = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        var settings = instances.ToDictionary(
            one => $"ReverseProxy:Clusters:{one.Service}:Destinations:{one.Place}:Address",
            one => (string?)one.Address);
        foreach (var service in ServiceClients.Services)
        {
            var check = $"ReverseProxy:Clusters:{service}:HealthCheck";
            settings[$"{check}:AvailableDestinationsPolicy"] = "HealthyOrPanic";
            settings[$"{check}:Passive:Enabled"] = "true";
            settings[$"{check}:Passive:Policy"] = "FailuresInARow";
            settings[$"{check}:Passive:ReactivationPeriod"] = "00:10:00";
        }

        if (attempt is not null)
            (settings["ComposedReads:Attempt"], settings["ComposedReads:Total"]) = (attempt, total);
        if (report is not null)
            settings["ComposedReads:Report"] = report;

        // Without what the gateway's own file says.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.ClearProviders();
        builder.AddServiceDefaults("gateway");
        builder.AddGateway();
        var gateway = builder.Build();
        gateway.MapReverseProxy();
        return gateway;
    }
}
