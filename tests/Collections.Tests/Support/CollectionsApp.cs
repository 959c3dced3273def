using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Local.Servers;
using OrderToCash.Messaging;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Support;

/// <summary>
/// The whole service on real servers: PostgreSQL, RabbitMQ, a mail server that keeps what it takes, and a provider of
/// text messages and of the portal; nobody takes messages over WhatsApp.
/// </summary>
public sealed class CollectionsApp(Servers servers) : IAsyncLifetime
{
    private const string AllScopes = "collections:read collections:write admin";

    private readonly TestTokens _tokens = new();
    private TestVirtualHost? _broker;
    private WebApplicationFactory<Playbook>? _service;

    public TestDatabase Database { get; private set; } = null!;

    public SmtpSink Mail { get; private set; } = SmtpSink.Start();

    public MessageSink Messages { get; private set; } = null!;

    public TestClock Clock { get; } = new();

    public BrokerConnection Broker { get; private set; } = null!;

    /// <summary>What the service is made of.</summary>
    public IServiceProvider Services => _service!.Services;

    public async ValueTask InitializeAsync()
    {
        Database = await servers.CreateDatabaseAsync();
        _broker = await servers.CreateVirtualHostAsync();
        Broker = new BrokerConnection(_broker.Uri, "tests", "relay");
        Messages = await MessageSink.StartAsync();
        Start();
        await WaitForQueuesAsync();
    }

    /// <summary>Starts the service, also again after <see cref="StopAsync"/>, on the same data.</summary>
    public void Start() => _service = Another();

    /// <summary>One more instance beside it; whoever asks for it ends it.</summary>
    /// <param name="pool">More that it is told of its connections.</param>
    public WebApplicationFactory<Playbook> Another(string pool = "")
    {
        var instance = new WebApplicationFactory<Playbook>().WithWebHostBuilder(web =>
        {
            web.UseSetting("ConnectionStrings:Postgres", Database.ConnectionString + pool);
            web.UseSetting("ConnectionStrings:RabbitMq", _broker!.Uri.ToString());
            web.UseSetting("Auth:JwksFile", _tokens.JwksFile);
            web.UseSetting("Auth:Issuer", TestTokens.Issuer);
            web.UseSetting("Smtp:Host", "127.0.0.1");
            web.UseSetting("Smtp:Port", Mail.Port.ToString("D", null));
            web.UseSetting("Smtp:From", "ar@acme.example");
            foreach (var channel in new[] { "Sms", "Portal" })
            {
                web.UseSetting($"Messages:{channel}:Url", $"{Messages.Address}messages");
                web.UseSetting($"Messages:{channel}:Key", MessageSink.Key);
                web.UseSetting($"Messages:{channel}:AttemptSeconds", "1");
            }

            web.UseSetting("OptOut:Address", "https://api.acme.example/");
            web.UseSetting("OptOut:Key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
            web.UseSetting("Logging:LogLevel:Default", "Warning");
            web.ConfigureTestServices(services => services.AddSingleton<TimeProvider>(Clock));
        });
        instance.CreateClient().Dispose();
        return instance;
    }

    /// <summary>Ends the mail server; nobody answers at its address until it is back.</summary>
    public async Task StopMailAsync() => await Mail.DisposeAsync();

    /// <summary>It is back, with nothing in it.</summary>
    public void StartMail() => Mail = SmtpSink.Start(Mail.Port);

    /// <summary>Ends the service as it is.</summary>
    public async Task StopAsync() => await _service!.DisposeAsync();

    public HttpClient Client(string scopes = AllScopes, params string[] entities) =>
        Client(_service!, scopes, entities);

    /// <summary>A client of another instance.</summary>
    public HttpClient Client(
        WebApplicationFactory<Playbook> instance, string scopes = AllScopes, params string[] entities)
    {
        ArgumentNullException.ThrowIfNull(instance);
        var client = instance.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", _tokens.For(scopes, entities: entities.Length == 0 ? null : entities));
        return client;
    }

    /// <summary>Somebody who may approve what others ask for.</summary>
    public HttpClient Approver()
    {
        var client = _service!.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", _tokens.For("approvals:decide", "cfo", null, "controller"));
        return client;
    }

    public HttpClient Anonymous() => _service!.CreateClient();

    public async ValueTask DisposeAsync()
    {
        await _service!.DisposeAsync();
        await Broker.DisposeAsync();
        await Mail.DisposeAsync();
        await Messages.DisposeAsync();
        await _broker!.DisposeAsync();
        await Database.DisposeAsync();
        _tokens.Dispose();
    }

    /// <summary>A message published before its queue is bound goes nowhere.</summary>
    private async Task WaitForQueuesAsync()
    {
        string[] queues =
        [
            "collections-customers", "collections-open-items", "collections-receipts", "collections-likely-payers",
            "collections-exchange-rates", "collections-merged-customers", "collections-credit-memos",
            "collections-credit-risks", "collections-credit", "collections-invoice-references",
        ];
        foreach (var queue in queues)
        {
            await Eventually.Passes(async () =>
            {
                var channel = await Broker.PublishChannelAsync(CancellationToken.None);
                (await channel.QueueDeclarePassiveAsync(queue)).ConsumerCount.ShouldBeGreaterThan(0u);
            });
        }
    }
}

/// <summary>Noon of 1 April 2026 (UTC), and on from there.</summary>
public sealed class TestClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 4, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly long _began = System.GetTimestamp();

    /// <summary>Days passed by since.</summary>
    public int Days { get; set; }

    /// <summary>And this much more.</summary>
    public TimeSpan Ahead { get; set; }

    public DateOnly Today => DateOnly.FromDateTime(GetUtcNow().UtcDateTime);

    public override DateTimeOffset GetUtcNow() => Start.AddDays(Days) + Ahead + System.GetElapsedTime(_began);
}
