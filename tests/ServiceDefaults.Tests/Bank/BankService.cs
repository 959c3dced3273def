using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults.Tests.Bank;

/// <summary>Opens an account.</summary>
public sealed record OpenAccount(
    string LegalEntity, string Name, AccountKind Kind, DateOnly Opened, Money? Deposit = null);

/// <summary>Puts money into an account.</summary>
public sealed record Deposit(Money Amount, string? Reason = null);

/// <summary>Moves money between two accounts.</summary>
public sealed record Transfer(Guid From, Guid To, Money Amount);

/// <summary>Money from nobody.</summary>
public sealed record Gift(Guid To, Money Amount);

/// <summary>An account as callers see it.</summary>
public sealed record AccountView(Guid Id, string LegalEntity, string Name, decimal Balance, long Version);

/// <summary>A line of the list.</summary>
public sealed record AccountRow(Guid Id, string LegalEntity, string Name, AccountKind Kind, DateOnly Opened);

internal static class BankService
{
    private static readonly SortOrder<AccountRow> Order = new SortOrder<AccountRow>(
        "id", row => row.Id, standard: "name")
        .By("name", "name", row => row.Name)
        .By("opened", "opened", row => row.Opened)
        .By("legalEntity", "legal_entity", row => row.LegalEntity);

    public static WebApplicationBuilder AddBank(this WebApplicationBuilder builder)
    {
        builder.AddEventStore(store =>
        {
            store.Types.Add<AccountOpened>("account_opened").Add<MoneyDeposited>("money_deposited");
            store.Schema<AccountRows>("bank").Inline(new AccountRows()).Inline(new Turnover());
        });
        return builder;
    }

    public static WebApplication MapBank(this WebApplication app)
    {
        app.MapPost("/v1/accounts", OpenAsync).Produces<AccountView>(201).RequireScope(Scopes.InvoicingWrite)
            .WithBodyLimit(1024 * 1024);
        app.MapGet("/v1/accounts", ListAsync).ProducesTable<Page<AccountRow>>().RequireScope(Scopes.InvoicingRead);
        app.MapGet("/v1/accounts/{id:guid}", GetAsync).RequireScope(Scopes.InvoicingRead);
        app.MapGet("/v1/loose/{id}", (Guid id) => Results.Ok(id));
        app.MapPost("/v1/open/{token}", (string token, HttpRequest request) => Results.Ok(request.Body.CanSeek))
            .AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/v1/dated", (DateOnly on, int? take, AccountKind? kind) => Results.Ok(new { on, take, kind }));
        app.MapPost("/v1/accounts/{id:guid}/deposits", DepositAsync).RequireScope(Scopes.InvoicingWrite);
        app.MapPost("/v1/transfers", TransferAsync).RequireScope(Scopes.InvoicingWrite);
        app.MapPost("/v1/gifts", GiveAsync).RequireScope(Scopes.InvoicingWrite);
        app.MapPost("/v1/files", FileAsync).RequireScope(Scopes.CashWrite).WithBodyLimit(32 * 1024 * 1024);
        app.MapGet("/v1/failures/{kind}", Fail);
        app.MapGet("/v1/slow", (EventStore store, CancellationToken cancellation) => SleepAsync(store, cancellation))
            .WithRequestTimeout(TimeSpan.FromMilliseconds(50));
        var waited = new ConcurrentDictionary<Guid, bool>();
        app.MapPost("/v1/waits/{id:guid}", async (Guid id, EventStore store, CancellationToken cancellation) =>
        {
            waited[id] = false;
            await using var command = store.Database.CreateCommand("select pg_sleep(3)");
            await command.ExecuteNonQueryAsync(cancellation);
            waited[id] = true;
        });
        app.MapGet("/v1/waits/{id:guid}", (Guid id) =>
            waited.TryGetValue(id, out var over) ? over ? "over" : "waits" : "unknown");
        var (reports, begun) = (new ConcurrentDictionary<Guid, TaskCompletionSource>(), 0);
        app.MapGet("/v1/reports/{id:guid}", (Guid id) =>
        {
            Interlocked.Increment(ref begun);
            return reports.GetOrAdd(id, _ => new()).Task;
        }).ExcludeFromDescription();
        app.MapPost("/v1/made/{id:guid}", (Guid id) => reports.GetOrAdd(id, _ => new()).TrySetResult())
            .ExcludeFromDescription();
        app.MapGet("/v1/begun", () => begun).ExcludeFromDescription();
        HistoryEndpoint.Map(
            app, "/v1/accounts/{id}/history", Account.Stream, Scopes.InvoicingRead, state => state.LegalEntity);
        return app;
    }

    /// <summary>Opens an account for a legal entity.</summary>
    private static Task<IResult> OpenAsync(OpenAccount request, HttpCommand command)
    {
        var validation = new Validation()
            .Required("/name", request.Name, max: 40)
            .Required("/legalEntity", request.LegalEntity, max: 10);
        if (validation.Problem is { } problem)
            return Task.FromResult<IResult>(problem);
        if (command.Caller.Deny(request.LegalEntity) is { } denied)
            return command.RefuseAsync(denied);
        var id = Ids.Next(command.Clock);
        return command.DecideAsync(
            Account.Stream, id,
            _ => Decision.Of(
            [
                new AccountOpened(request.LegalEntity, request.Name, request.Kind, request.Opened),
                .. request.Deposit is { } first ? [new MoneyDeposited(first)] : Array.Empty<object>(),
            ]),
            done => Reply.Created($"/v1/accounts/{id}", View(id, done), done.Version),
            onDuplicate: _ => Refusal.State("name-taken", "Another account has this name."));
    }

    private static Task<IResult> DepositAsync(Guid id, Deposit request, HttpCommand command) => command.DecideAsync(
        Account.Stream, id,
        state => !state.IsOpen ? Refusal.NotFound("account", id)
            : request.Amount.IsNegative ? new Refusal("not-positive", "Deposit more than nothing.", Field: "/amount")
            : request.Amount.IsZero ? Decision.Nothing
            : Decision.Of(new MoneyDeposited(request.Amount)),
        done => Reply.Ok(View(id, done), done.Version),
        request.Reason);

    private static Task<IResult> TransferAsync(Transfer request, HttpCommand command) =>
        command.CommitAsync(async cancellation =>
        {
            var from = await command.Store.LoadAsync(Account.Stream, request.From, cancellation);
            var to = await command.Store.LoadAsync(Account.Stream, request.To, cancellation);
            if (!from.Exists || !to.Exists)
                return Refusal.NotFound("account", from.Exists ? request.To : request.From);
            command.Expect(from.Version);
            if (from.State.Balance < request.Amount.Amount)
                return Refusal.State("not-enough", "The account does not hold that much.");
            var batch = new WriteBatch(command.Metadata())
                .Append(Account.Stream, request.From, from.Version, [new MoneyDeposited(-request.Amount)])
                .Append(Account.Stream, request.To, to.Version, [new MoneyDeposited(request.Amount)]);
            return Plan.Write(batch, Reply.Ok(new { moved = request.Amount }, from.Version + 1));
        });

    /// <summary>Says nothing of a version.</summary>
    private static Task<IResult> GiveAsync(Gift request, HttpCommand command) =>
        command.CommitAsync(async cancellation =>
        {
            var to = await command.Store.LoadAsync(Account.Stream, request.To, cancellation);
            var batch = new WriteBatch(command.Metadata())
                .Append(Account.Stream, request.To, to.Version, [new MoneyDeposited(request.Amount)]);
            return Plan.Write(batch, Reply.Ok(request));
        });

    private static async Task<IResult> FileAsync(HttpRequest request, HttpCommand command)
    {
        long bytes = 0;
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, command.Cancellation)) > 0)
            bytes += read;
        var id = Ids.Next(command.Clock);
        return await command.DecideAsync(
            Account.Stream, id,
            _ => Decision.Of(new AccountOpened("US01", $"file {id}", AccountKind.Current, new DateOnly(2026, 11, 2))),
            done => Reply.Accepted($"/v1/files/{id}", new { id, bytes }, done.Version));
    }

    private static async Task<IResult> GetAsync(
        Guid id, EventStore store, Caller caller, CancellationToken cancellation)
    {
        var account = await store.LoadAsync(Account.Stream, id, cancellation);
        if (!account.Exists)
            return Problems.From(Refusal.NotFound("account", id));
        return caller.Deny(account.State.LegalEntity) is { } denied
            ? Problems.From(denied)
            : Reply.Ok(View(id, account.State, account.Version), account.Version);
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, EventStore store, string? q, CancellationToken cancellation)
    {
        var keyset = Order.For(query);
        await using var command = store.Database.CreateCommand(
            "select id, legal_entity, name, kind, opened from accounts " +
            $"where (@q is null or name like @q || '%') and {keyset.Where} " +
            $"order by {keyset.OrderBy} limit {keyset.Limit}");
        command.Parameters.Add(new NpgsqlParameter<string?>("q", q));
        keyset.AddTo(command);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<AccountRow>();
        while (await reader.ReadAsync(cancellation))
        {
            rows.Add(new AccountRow(reader.GetGuid(0), reader.GetString(1), reader.GetString(2),
                Enum.Parse<AccountKind>(reader.GetString(3)), reader.GetFieldValue<DateOnly>(4)));
        }

        return Listing.Result(http, keyset.Page(rows));
    }

    private static async Task SleepAsync(EventStore store, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand("select pg_sleep(600)");
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static IResult Fail(string kind) => throw kind switch
    {
        "contention" => new ContentionException("bank_account", Guid.Empty),
        "database" => new NpgsqlException("secret host", new System.Net.Sockets.SocketException(111)),
        "timeout" => new TimeoutException("secret"),
        _ => new InvalidOperationException("secret password in a defect"),
    };

    private static AccountView View(Guid id, Decided<Account> done) => View(id, done.State, done.Version);

    private static AccountView View(Guid id, Account state, long version) =>
        new(id, state.LegalEntity, state.Name, state.Balance, version);
}
