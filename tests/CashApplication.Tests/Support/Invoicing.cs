using System.Collections.Concurrent;
using System.Text.Json;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.Messaging;
using OrderToCash.TestKit;
using RabbitMQ.Client;

namespace OrderToCash.CashApplication.Tests.Support;

/// <summary>
/// The other side of the broker: publishes what Invoicing would, in whatever order and as often as a test wants.
/// </summary>
public sealed class Invoicing : IAsyncDisposable
{
    public static readonly Guid Globex = Ids.From("test-customer", "globex");
    public static readonly Guid Initech = Ids.From("test-customer", "initech");

    private static readonly CashAccounts Accounts = new("2400", "2410", "1090", "4920");
    private readonly ConcurrentDictionary<Guid, OpenItem> _items = new();
    private readonly CashApp _app;
    private readonly IConnection _connection;
    private readonly IChannel _channel;

    private Invoicing(CashApp app, IConnection connection, IChannel channel) =>
        (_app, _connection, _channel) = (app, connection, channel);

    public static async Task<Invoicing> StartAsync(CashApp app, Uri address)
    {
        var connection = await new ConnectionFactory { Uri = address }.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.ExchangeDeclareAsync(Wire.Exchange, ExchangeType.Topic, durable: true);
        return new Invoicing(app, connection, channel);
    }

    /// <summary>Two legal entities and two customers of the first.</summary>
    public async Task IntroduceAsync()
    {
        await PublishAsync(new LegalEntityDefined("US01", "Acme Inc.", "USD", "US", "America/Chicago", Accounts), 1);
        await PublishAsync(new LegalEntityDefined("CA01", "Acme Canada", "CAD", "CA", "America/Toronto", Accounts), 1);
        await PublishAsync(Customer(Globex, "CUST-US01-000001", "Globex Corporation"), 1);
        await PublishAsync(Customer(Initech, "CUST-US01-000002", "Initech LLC"), 1);
        await Eventually.BecomesTrue(
            async () =>
                await _app.ScalarAsync<long>("select (select count(*) from customers) + " +
                "(select count(*) from legal_entities)") == 4,
            "legal entities and customers are known");
    }

    /// <summary>An invoice with one installment, known to the service when this returns.</summary>
    public async Task<Guid> InvoiceAsync(
        string number, decimal amount, Guid? customer = null, string legalEntity = "US01", string currency = "USD")
    {
        var item = Item(number, amount, customer ?? Globex, legalEntity, currency);
        _items[item.InvoiceId] = item;
        await PublishAsync(Issued(item), 1);
        await KnowsAsync(item.InvoiceId, amount);
        return item.InvoiceId;
    }

    public Task KnowsAsync(Guid invoiceId, decimal balance) => Eventually.BecomesTrue(
        async () => await _app.ScalarAsync<long>(
            $"select count(*) from open_items where invoice_id = '{invoiceId}' and balance = {balance}") == 1,
        $"{invoiceId} is known with {balance}");

    public static OpenItem Item(
        string number, decimal amount, Guid customer, string legalEntity = "US01", string currency = "USD") => new(
        Ids.From("test-invoice", number), 1, number, legalEntity, customer, new DateOnly(2026, 10, 1),
        new DateOnly(2026, 10, 31),
        new MoneyAmount(amount, currency), new MoneyAmount(amount, currency), null, null);

    public static InvoiceIssued Issued(OpenItem item) => new(
        item.InvoiceId, item.InvoiceNumber, item.LegalEntity, item.CustomerId, item.InvoiceDate, "NET 30", null, null,
        item.Amount, new MoneyAmount(0m, item.Amount.Currency), item.Amount, [item]);

    /// <summary>Applies an allocation, as far as the balance goes; else refuses it.</summary>
    public object Answer(Guid receiptId, Guid allocationId, Guid invoiceId, decimal amount)
    {
        var money = new MoneyAmount(amount, _items[invoiceId].Amount.Currency);
        var item = _items[invoiceId];
        if (item.Balance.Amount < amount)
        {
            return new PaymentApplicationRejected(
                invoiceId, 1, allocationId, receiptId, money, "exceeds-balance",
                $"Only {item.Balance.Amount} are open.");
        }

        _items[invoiceId] = item = item with { Balance = item.Balance with { Amount = item.Balance.Amount - amount } };
        return new PaymentApplied(
            invoiceId, allocationId, receiptId, money, new DateOnly(2026, 11, 2), new DateOnly(2026, 11, 3), item);
    }

    public PaymentReversed Reverse(Guid receiptId, Guid allocationId, Guid invoiceId, decimal amount)
    {
        var item = _items[invoiceId];
        _items[invoiceId] = item = item with { Balance = item.Balance with { Amount = item.Balance.Amount + amount } };
        return new PaymentReversed(
            invoiceId, allocationId, receiptId, new MoneyAmount(amount, item.Amount.Currency),
            new DateOnly(2026, 11, 4), item);
    }

    /// <summary>Publishes a contract as the relay does; the same id twice is the same message twice.</summary>
    public async Task PublishAsync(
        object contract, long version, Guid? messageId = null, DateTimeOffset? happenedAt = null)
    {
        var name = ContractName.Of(contract.GetType());
        var properties = new BasicProperties
        {
            MessageId = (messageId ?? Ids.Next(TimeProvider.System)).ToString(),
            ContentType = "application/json",
            DeliveryMode = DeliveryModes.Persistent,
            Type = name.RoutingKey,
            Timestamp = new AmqpTimestamp((happenedAt ?? TimeProvider.System.GetUtcNow()).ToUnixTimeSeconds()),
            Headers = new Dictionary<string, object?>
            {
                [Wire.MessageType] = name.Urn,
                [Wire.StreamId] = Guid.Empty.ToString(),
                [Wire.StreamVersion] = version,
                [Wire.Sequence] = version,
            },
        };
        var body = JsonSerializer.SerializeToUtf8Bytes(contract, contract.GetType(), Json.Wire);

        // A message that no queue takes comes back and throws: the consumers may still be starting.
        await Eventually.Passes(async () =>
            await _channel.BasicPublishAsync(Wire.Exchange, name.RoutingKey, mandatory: true, properties, body));
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private static CustomerRegistered Customer(Guid id, string number, string name) =>
        new(id, number, "US01", name, null, "USD", "US", "en", null, "NET 30", null, []);
}
