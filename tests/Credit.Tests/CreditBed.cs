using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Approvals;
using OrderToCash.Contracts;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.UseCases;
using OrderToCash.EventSourcing;
using OrderToCash.Local.Servers;
using OrderToCash.Messaging;
using RabbitMQ.Client;

namespace OrderToCash.Credit.Tests;

/// <summary>The service on a database and a virtual host of its own, and the other services' voices.</summary>
public sealed class CreditBed(Servers servers) : IAsyncLifetime
{
    private readonly TestTokens _tokens = new();
    private TestDatabase _database = null!;
    private TestVirtualHost _broker = null!;
    private IConnection _connection = null!;
    private IChannel _channel = null!;

    public CreditApp App { get; private set; } = null!;

    public HttpClient Client => App.Client;

    public Npgsql.NpgsqlDataSource Database => _database.Source;

    public string ConnectionString => _database.ConnectionString;

    /// <summary>The credit bureau.</summary>
    public BureauSimulator Bureau { get; private set; } = null!;

    /// <summary>The mail server.</summary>
    public SmtpSink Mail { get; } = SmtpSink.Start();

    public static Guid NewId() => Ids.Next(TimeProvider.System);

    public async ValueTask InitializeAsync()
    {
        _database = await servers.CreateDatabaseAsync();
        _broker = await servers.CreateVirtualHostAsync();
        Bureau = await BureauSimulator.StartAsync();
        App = await StartAnotherAsync();
        _connection = await new ConnectionFactory { Uri = _broker.Uri }.CreateConnectionAsync();
        _channel = await _connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await EntityAsync("US01");
    }

    /// <summary>
    /// Defines a legal entity, which begins with the standard policy and, here, a matrix that lets everybody do
    /// everything, and waits until it is known.
    /// </summary>
    public async Task EntityAsync(string code, string currency = "USD")
    {
        await PublishAsync(new LegalEntityDefined(
            code, $"Contoso {code}", currency, "US", "America/Chicago", new CashAccounts("2400", "2410", "1090")));
        await Eventually.BecomesTrue(
            async () => (await Client.GetFromJsonAsync<PolicyView>($"/v1/credit/policies/{code}", Json.Wire))!
                .Number > 0, "the entity is known");
        await AllowAsync(code, currency);
    }

    /// <summary>Lets everybody do everything in a legal entity, unless its matrix is defined already.</summary>
    private Task AllowAsync(string code, string currency) => App.Store.DecideAsync(
        ApprovalMatrixStream.Type, ApprovalMatrixStream.Id(code), new EventMetadata("test"),
        matrix => matrix.Definition is null
            ? Decision.Of(new Approvals.ApprovalMatrixDefined(code, [], currency))
            : Decision.Nothing);

    /// <summary>Puts a policy in force that differs from the standard one.</summary>
    public async Task PolicyAsync(string entity, Func<CreditPolicy, CreditPolicy> policy) =>
        await (await App.Operator.PutAsJsonAsync(
            $"/v1/credit/policies/{entity}", new { reason = "as agreed", policy = policy(StandardPolicy.Value) },
            Json.Wire)).ShouldBeAsync(HttpStatusCode.OK);

    /// <summary>Waits until an order has this status.</summary>
    public Task<JsonElement> OrderBecomesAsync(string orderId, string status) => Eventually.Becomes(
        () => Client.GetFromJsonAsync<JsonElement>($"/v1/credit/order-checks/{orderId}"),
        order => order.Text("status") == status, $"{orderId} is {status}");

    public Task<CreditApp> StartAnotherAsync() =>
        CreditApp.StartAsync(_database.ConnectionString, _broker.Uri, _tokens, Bureau.Address, Mail.Port);

    /// <summary>Publishes as another service's relay would.</summary>
    public async Task<Guid> PublishAsync(
        object contract, long version = 1, Guid? messageId = null, DateTimeOffset? happened = null)
    {
        var name = ContractName.Of(contract.GetType());
        var id = messageId ?? NewId();
        var properties = new BasicProperties
        {
            MessageId = id.ToString(),
            ContentType = "application/json",
            Timestamp = new AmqpTimestamp((happened ?? TimeProvider.System.GetUtcNow()).ToUnixTimeSeconds()),
            Headers = new Dictionary<string, object?> { [Wire.MessageType] = name.Urn, [Wire.StreamVersion] = version },
        };
        await _channel.BasicPublishAsync(Wire.Exchange, name.RoutingKey, mandatory: true, properties,
            JsonSerializer.SerializeToUtf8Bytes(contract, contract.GetType(), Json.Wire));
        return id;
    }

    /// <summary>A queue that gets what Credit publishes from now on.</summary>
    public async Task<string> ListenAsync()
    {
        var queue = await _channel.QueueDeclareAsync("", durable: false, exclusive: false, autoDelete: false);
        await _channel.QueueBindAsync(queue.QueueName, Wire.Exchange, "credit.#");
        return queue.QueueName;
    }

    public Task<BasicGetResult?> TakeAsync(string queue) => _channel.BasicGetAsync(queue, autoAck: true);

    /// <summary>Waits until the queues of Credit have handled this many different messages.</summary>
    public Task HandledAsync(long messages) => Eventually.BecomesTrue(
        async () => await HandledCountAsync() == messages, $"{messages} messages are handled");

    /// <summary>How many messages are handled; those of customers once, though two queues read them.</summary>
    public async Task<long> HandledCountAsync() => (long)(await _database.Source
        .CreateCommand("select count(*) from otc_inbox where consumer <> 'credit-company-numbers'")
        .ExecuteScalarAsync())!;

    /// <summary>Waits until Credit has drawn its conclusions from everything that has happened by now.</summary>
    public async Task ReactedAsync()
    {
        var last = (long)(await _database.Source.CreateCommand(
            "select coalesce(max(seq_id), 0) from mt_events").ExecuteScalarAsync())!;
        await Eventually.BecomesTrue(
            async () => await _database.Source.CreateCommand(
                "select last_seq_id from mt_event_progression where name = 'CreditReactions:All'")
                .ExecuteScalarAsync() is long done && done >= last,
            "it is reacted to");
    }

    /// <summary>
    /// Registers a customer with Invoicing and waits until its account is open; sets a limit if one is given.
    /// </summary>
    public async Task<Guid> CustomerAsync(
        decimal? limit = null, string entity = "US01", Guid? parent = null, string currency = "USD",
        string? segment = null)
    {
        var id = NewId();
        await PublishAsync(Registered(id, entity) with { ParentId = parent, Currency = currency, Segment = segment });
        await Eventually.BecomesTrue(
            async () => (await Client.GetAsync($"/v1/credit/accounts/{id}"))
                .StatusCode == HttpStatusCode.OK, "the account opens");
        if (limit is { } amount)
        {
            await AllowAsync(entity, currency);
            (await SetLimitAsync(id, amount, currency: currency)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        return id;
    }

    public static CustomerRegistered Registered(Guid id, string entity = "US01") => new(
        id, $"CUST-{entity}-{id:N}", entity, "Globex Corporation", null, "USD", "US", "en", null, "NET 30", null, []);

    public Task<HttpResponseMessage> SetLimitAsync(
        Guid customer, decimal amount, string? expiresOn = null, string currency = "USD") =>
        Client.PutAsJsonAsync($"/v1/credit/accounts/{customer}/limit", new
        {
            limit = new { amount = $"{amount}", currency },
            reason = "review",
            expiresOn,
        });

    public Task<HttpResponseMessage> CheckAsync(
        Guid customer, string orderId, decimal amount, HttpClient? client = null, string currency = "USD") =>
        (client ?? Client).PostAsJsonAsync("/v1/credit/order-checks", new
        {
            customerId = customer,
            orderId,
            amount = new { amount = $"{amount}", currency },
        });

    public Task<HttpResponseMessage> ReleaseAsync(string orderId, string reason = "prepaid tomorrow") =>
        Client.PostAsJsonAsync($"/v1/credit/order-checks/{orderId}/release", new { reason });

    public Task<HttpResponseMessage> CancelAsync(string orderId) =>
        Client.PostAsJsonAsync($"/v1/credit/order-checks/{orderId}/cancel", new { reason = "customer withdrew" });

    public Task<JsonElement> AccountAsync(Guid customer) =>
        Client.GetFromJsonAsync<JsonElement>($"/v1/credit/accounts/{customer}");

    /// <summary>Waits until the account shows these parts of the exposure.</summary>
    public Task ExposureBecomesAsync(Guid customer, decimal receivables, decimal orders, decimal cash) =>
        Eventually.Becomes(
            async () =>
            {
                var exposure = (await AccountAsync(customer)).GetProperty("exposure");
                return (exposure.Amount("openReceivables"), exposure.Amount("openOrders"),
                    exposure.Amount("unappliedCash"));
            },
            parts => parts == (receivables, orders, cash), $"the exposure is {receivables} + {orders} - {cash}");

    public static InvoiceIssued Issued(Guid customer, Guid invoice, decimal amount, string? order = null) => new(
        invoice, "INV-1", "US01", customer, Some.Today, "NET 30", order, null, Usd(amount), Usd(0), Usd(amount),
        [Item(customer, invoice, amount, amount, order)]);

    public static PaymentApplied Paid(
        Guid customer, Guid invoice, decimal amount, decimal balance, string? order = null) => new(
        invoice, NewId(), NewId(), Usd(amount - balance), Some.Today, Some.Today,
        Item(customer, invoice, amount, balance, order));

    public static InvoiceVoided Voided(Guid customer, Guid invoice, decimal amount, string? order = null) => new(
        invoice, "wrong price", Some.Today, [Item(customer, invoice, amount, 0, order)]);

    public static ReceiptRecorded Receipt(Guid receipt, Guid? customer, decimal unapplied) => new(
        receipt, "RCT-1", "US01", "wire", null, Some.Today, Some.Today, null, null, Balance(customer, unapplied));

    public static ReceiptBalance Balance(Guid? customer, decimal unapplied) => new(
        customer, Usd(100), Usd(unapplied), Usd(0), Usd(100 - unapplied), Usd(0), "unapplied");

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
        await App.DisposeAsync();
        await Bureau.DisposeAsync();
        await Mail.DisposeAsync();
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
        _tokens.Dispose();
    }

    private static MoneyAmount Usd(decimal amount) => new(amount, "USD");

    private static OpenItem Item(Guid customer, Guid invoice, decimal amount, decimal balance, string? order) => new(
        invoice, 1, "INV-1", "US01", customer, Some.Today, Some.Today.AddDays(30), Usd(amount), Usd(balance), order,
        null);
}

internal static class Answers
{
    public static async Task<JsonElement> BodyAsync(this HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

    /// <summary>Checks status and returns the body.</summary>
    public static async Task<JsonElement> ShouldBeAsync(this HttpResponseMessage answer, HttpStatusCode status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(status, text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Checks status and code of a problem and returns it.</summary>
    public static async Task<JsonElement> ShouldBeProblemAsync(
        this HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var problem = await answer.ShouldBeAsync(status);
        problem.GetProperty("code").GetString().ShouldBe(code, problem.ToString());
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        return problem;
    }

    public static decimal Amount(this JsonElement parent, string property) => decimal.Parse(
        parent.GetProperty(property).GetProperty("amount")
            .GetString()!, System.Globalization.CultureInfo.InvariantCulture);

    public static string? Text(this JsonElement parent, string property) => parent.GetProperty(property).GetString();

    public static string[] Codes(this JsonElement parent, string property) =>
        [.. parent.GetProperty(property).EnumerateArray().Select(one => one.Text("code")!)];
}
