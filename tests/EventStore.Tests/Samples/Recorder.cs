using Microsoft.Extensions.DependencyInjection;
using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.EventSourcing.Tests.Samples;

/// <summary>A subscription that notes each event in the table <c>handled</c>, and fails when it is told to.</summary>
public sealed class Recorder(
    string name, string instance, int pageSize = 10, IReadOnlyCollection<Type>? only = null) : ISubscription
{
    private readonly Lock _lock = new();
    private readonly List<long> _offered = [];

    public string Name => name;

    public int PageSize => pageSize;

    public IReadOnlyCollection<Type>? Events => only;

    /// <summary>Called for each page before its work; may throw.</summary>
    public Action? BeforeWork { get; set; }

    /// <summary>A statement that is part of the work and may fail.</summary>
    public string? Extra { get; set; }

    /// <summary>First sequences of the pages that were handed over.</summary>
    public IReadOnlyList<long> Offered
    {
        get
        {
            lock (_lock)
                return [.. _offered];
        }
    }

    public Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        lock (_lock)
            _offered.Add(events[0].Sequence);
        BeforeWork?.Invoke();
        var commands = new List<NpgsqlBatchCommand>
        {
            new SqlRows<StoredEvent>()
                .Column(_ => name).Column(e => e.Sequence).Column(_ => instance)
                .Command("insert into handled (subscription, seq, instance) select * from unnest($1, $2, $3)", events),
        };
        if (Extra is { } extra)
            commands.Add(new NpgsqlBatchCommand(extra));
        return Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>>(commands);
    }

    /// <summary>An instance of the service that runs this subscription once it is started.</summary>
    public StoreInstance In(StoreDatabase database) => In(database.ConnectionString);

    /// <summary>The same on any database.</summary>
    public StoreInstance In(string connectionString) => new(
        connectionString,
        options => options.Inline(new AccountBalances()),
        services => services.AddSubscription(_ => this));
}
