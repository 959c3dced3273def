using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Credit.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.Messaging;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;
using RabbitMQ.Client;

namespace OrderToCash.Collections.Tests.Support;

/// <summary>
/// A legal entity of its own and what the other services tell about it. Every step returns when the service knows it.
/// </summary>
public sealed class Story
{
    private static int _next;

    private const string Reviews =
        "select customer_id from reviews union all select customer_id from review_requests";

    private readonly CollectionsApp _app;

    private Story(CollectionsApp app)
    {
        _app = app;
        Entity = $"E{Interlocked.Increment(ref _next):00}";
    }

    public string Entity { get; }

    public static async Task<Story> BeginAsync(CollectionsApp app, string timeZone = "UTC")
    {
        var story = new Story(app);
        await story.TellAsync(new LegalEntityDefined(
            story.Entity, "Acme Inc", "USD", "US", timeZone, new CashAccounts("2400", "2410", "1090")), 1);
        await story.KnowsAsync($"select count(*) from legal_entities where code = '{story.Entity}'");
        return story;
    }

    public async Task<Guid> CustomerAsync(
        string? email = "ap@globex.example", string name = "Globex", string language = "en", string? segment = null)
    {
        var id = NewId();
        var contact = new Contact("Ana Ruiz", "accounts-payable", email, null, null);
        await TellAsync(new CustomerRegistered(
            id, $"CUST-{_next}", Entity, name, null, "USD", "US", language, segment, "NET 30", null, [contact]), 1);
        await KnowsAsync($"select count(*) from customers where id = '{id}'");
        return id;
    }

    /// <summary>A customer with these contacts, and with an address where letters go.</summary>
    public async Task<Guid> CustomerWithAsync(params IReadOnlyList<Contact> contacts)
    {
        var id = NewId();
        await TellAsync(new CustomerRegistered(
            id, $"CUST-{_next}", Entity, "Globex", null, "USD", "US", "en", null, "NET 30", null, contacts,
            new PostalAddress("1 Main St", null, "Austin", "78702", "TX")), 1);
        await KnowsAsync($"select count(*) from customers where id = '{id}'");
        return id;
    }

    /// <summary>The customer is told of anew.</summary>
    public async Task ChangeAsync(
        Guid customer, long version, IReadOnlyList<Contact> contacts, Guid? mergedInto = null)
    {
        await TellAsync(
            new CustomerChanged(
                customer, "CUST-X", Entity, "Globex", null, "USD", "US", "en", null, "NET 30", null, contacts,
                mergedInto is null ? "active" : "merged", mergedInto, false,
                new PostalAddress("1 Main St", null, "Austin", "78702", "TX")), version);
        await KnowsAsync($"select count(*) from customers where id = '{customer}' and version = {version}");
        await KnowsAsync(
            $"select count(*) from merged_customers where customer_id = '{customer}' and version = {version}");
        await AllReviewedAsync();
    }

    /// <summary>An invoice due this many days ago; its balance is what is left after payments.</summary>
    public async Task<OpenItem> InvoiceAsync(
        Guid customer, int daysOverdue, decimal amount = 100, decimal? balance = null, string currency = "USD")
    {
        var item = Item(customer, _app.Clock.Today.AddDays(-daysOverdue), amount, balance ?? amount, currency);
        await TellAsync(Issued(item), 1);
        await KnowsAsync($"select count(*) from open_items where invoice_id = '{item.InvoiceId}'");
        return item;
    }

    public OpenItem Item(Guid customer, DateOnly due, decimal amount, decimal balance, string currency = "USD") => new(
        NewId(), 1, $"INV-{Interlocked.Increment(ref _next):000000}", Entity, customer, due.AddDays(-30), due,
        new MoneyAmount(amount, currency), new MoneyAmount(balance, currency), null, null);

    public static InvoiceIssued Issued(OpenItem item) => new(
        item.InvoiceId, item.InvoiceNumber, item.LegalEntity, item.CustomerId, item.InvoiceDate, "NET 30", null, null,
        item.Amount, new MoneyAmount(0, item.Amount.Currency), item.Amount, [item]);

    public static PaymentApplied Applied(OpenItem item, Guid allocation, decimal amount) => new(
        item.InvoiceId, allocation, NewId(), new MoneyAmount(amount, item.Amount.Currency), item.DueDate, item.DueDate,
        item with { Balance = new MoneyAmount(item.Balance.Amount - amount, item.Amount.Currency) });

    public async Task PayAsync(OpenItem item, decimal amount, long version = 2)
    {
        await TellAsync(Applied(item, NewId(), amount), version);
        await KnowsAsync(
            $"select count(*) from open_items where invoice_id = '{item.InvoiceId}' and version = {version}");
    }

    /// <summary>Something else than a payment changes an item; it is as given afterwards.</summary>
    public async Task ChangeAsync(
        OpenItem item, string kind, decimal amount, long version, Guid? source = null, DateOnly? on = null)
    {
        await TellAsync(
            new OpenItemsChanged(
                item.InvoiceId, kind, new MoneyAmount(amount, item.Amount.Currency), on ?? _app.Clock.Today, "agreed",
                source ?? NewId(), [item]),
            version);
        await KnowsAsync(
            $"select count(*) from open_items where invoice_id = '{item.InvoiceId}' and version = {version}");
    }

    /// <summary>Write-offs, suspensions and the like need the approval of a controller.</summary>
    public async Task JudgedAsync(params string[] kinds)
    {
        await TellAsync(
            new ApprovalMatrixDefined(
                Entity, [.. kinds.Select(kind => new ApprovalRule(kind, null, 1, "controller", null))], "USD"), 1);
        await KnowsAsync(
            $"select count(*) from mt_events where type = 'approval_matrix_defined' and data::text like '%{Entity}%'");
    }

    /// <summary>What one unit of a currency is in US dollars today.</summary>
    public async Task RateAsync(string currency, decimal rate, long version = 1)
    {
        await TellAsync(
            new ExchangeRatesSet(Entity, "USD", "daily", _app.Clock.Today, [new ExchangeRate(currency, rate)]),
            version);
        await KnowsAsync(
            $"select count(*) from exchange_rates where legal_entity = '{Entity}' and version = {version}");
    }

    /// <summary>Credit has scored a customer.</summary>
    public async Task RiskAsync(Guid customer, string? riskClass, int? score, long version = 1)
    {
        await TellAsync(new CreditRiskAssessed(customer, score, riskClass, null, false, null), version);
        await KnowsAsync(
            $"select count(*) from customer_risks where customer_id = '{customer}' and version = {version}");
    }

    /// <summary>
    /// Credit puts customers into classes, or into none; gives what the amount of each counts by on the worklist.
    /// </summary>
    public async Task<Dictionary<Guid, decimal>> TroubleAsync(IEnumerable<Guid> customers)
    {
        (string Class, decimal Counts)[] classes = [("E", 1.50m), ("D", 1.25m), ("A", 1), ("", 1)];
        var trouble = new Dictionary<Guid, decimal>();
        foreach (var (index, customer) in customers.Index())
        {
            var (risk, counts) = classes[index % classes.Length];
            trouble[customer] = counts;
            if (risk.Length > 0)
                await RiskAsync(customer, risk, 40);
        }

        return trouble;
    }

    /// <summary>Money whose payer is not certain.</summary>
    public async Task<Guid> ReceiveAsync(decimal amount, params LikelyPayer[] payers)
    {
        var receipt = NewId();
        await TellAsync(new ReceiptRecorded(
            receipt, "RCT-1", Entity, "wire", null, _app.Clock.Today, _app.Clock.Today, null, null,
            Cash(null, amount)), 1);
        await TellAsync(new ReceiptPayersFound(receipt, payers), 2);
        await KnowsAsync($"select count(*) from receipts where id = '{receipt}'");
        await KnowsAsync($"select count(*) from likely_payers where receipt_id = '{receipt}'");
        return receipt;
    }

    public AllocationRequested Requested(OpenItem item, Guid allocation, decimal amount) => new(
        NewId(), allocation, Entity, item.CustomerId, item.InvoiceId, item.Installment,
        new MoneyAmount(amount, item.Amount.Currency), item.DueDate, "manual", "2400", Cash(item.CustomerId, 0));

    public static ReceiptBalance Cash(Guid? customer, decimal unapplied) => new(
        customer, Usd(1000), Usd(unapplied), Usd(0), Usd(1000 - unapplied), Usd(0), "partially-applied");

    public static MoneyAmount Usd(decimal amount) => new(amount, "USD");

    public static Guid NewId() => Ids.Next(TimeProvider.System);

    /// <summary>Publishes a contract as a relay does, of what happened just now or at another time.</summary>
    public Task TellAsync(object contract, long version, Guid? messageId = null, DateTimeOffset? at = null) =>
        TellAsync(
            contract.GetType(), JsonSerializer.SerializeToUtf8Bytes(contract, contract.GetType(), Json.Wire), version,
            messageId, at);

    public async Task TellAsync(
        Type contract, ReadOnlyMemory<byte> body, long version, Guid? messageId = null, DateTimeOffset? at = null)
    {
        var name = ContractName.Of(contract);
        var channel = await _app.Broker.PublishChannelAsync(CancellationToken.None);
        var properties = new BasicProperties
        {
            MessageId = (messageId ?? NewId()).ToString(),
            ContentType = "application/json",
            Timestamp = new AmqpTimestamp((at ?? _app.Clock.GetUtcNow()).ToUnixTimeSeconds()),
            Headers = new Dictionary<string, object?> { [Wire.MessageType] = name.Urn, [Wire.StreamVersion] = version },
        };
        await channel.BasicPublishAsync(Wire.Exchange, name.RoutingKey, mandatory: true, properties, body);
    }

    /// <summary>Waits until nothing more is to be looked at about a customer.</summary>
    public Task ReviewedAsync(Guid customer) => Eventually.BecomesTrue(
        async () => await ScalarAsync<long>(
            $"select count(*) from ({Reviews}) r where customer_id = '{customer}'") == 0,
        "the customer was looked at");

    /// <summary>The same for all customers of the legal entity.</summary>
    public Task AllReviewedAsync() => Eventually.BecomesTrue(
        async () => await ScalarAsync<long>(
            $"select count(*) from ({Reviews}) r join customers c on c.id = r.customer_id " +
            $"where c.legal_entity = '{Entity}'") == 0,
        "all customers were looked at");

    /// <summary>The worklist, when all customers were looked at.</summary>
    public async Task<Page<WorklistRow>> WorklistAsync(string filter = "")
    {
        await AllReviewedAsync();
        return await GetAsync<Page<WorklistRow>>($"/v1/collections/worklist?legalEntity={Entity}{filter}");
    }

    /// <summary>Waits until the count is more than zero.</summary>
    public Task KnowsAsync(string countSql) => Eventually.BecomesTrue(
        async () => await ScalarAsync<long>(countSql) > 0, countSql);

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = _app.Database.Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task<DunningRunView> PreviewAsync(DateOnly? date = null) =>
        await ReadAsync<DunningRunView>(
            await PostAsync("/v1/collections/dunning-runs", new { legalEntity = Entity, date, preview = true }),
            HttpStatusCode.OK);

    public async Task<DunningRunView> RunAsync(DateOnly? date = null) => await ReadAsync<DunningRunView>(
        await PostAsync("/v1/collections/dunning-runs", new { legalEntity = Entity, date }), HttpStatusCode.Created);

    public async Task<HttpResponseMessage> PostAsync(string path, object body)
    {
        using var client = _app.Client();
        return await client.PostAsJsonAsync(path, body, Json.Wire);
    }

    public async Task<T> PutAsync<T>(string path, object body)
    {
        using var client = _app.Client();
        return await ReadAsync<T>(await client.PutAsJsonAsync(path, body, Json.Wire), HttpStatusCode.OK);
    }

    public async Task<T> GetAsync<T>(string path)
    {
        using var client = _app.Client();
        return await ReadAsync<T>(await client.GetAsync(path), HttpStatusCode.OK);
    }

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, HttpStatusCode status)
    {
        var body = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, body);
        return JsonSerializer.Deserialize<T>(body, Json.Wire)!;
    }

    /// <summary>Waits until the notice is where it should be.</summary>
    public Task<NoticeView> NoticeAsync(Guid? id, Notices.NoticeStatus status) => Eventually.Becomes(
        () => GetAsync<NoticeView>($"/v1/collections/notices/{id}"), notice => notice.Status == status,
        $"it is {status}");

    /// <summary>Mails to an address so far, body decoded.</summary>
    public IReadOnlyList<MailText> MailsTo(string address) =>
        [.. _app.Mail.Mails.Where(mail => mail.To.Contains(address)).Select(mail => MailText.Of(mail.Content))];
}
