using System.Collections.Concurrent;
using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Load;

/// <summary>What the driver remembers: every request with its key and how it ended for the caller.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentQueue<RememberedRequest> _requests = [];
    private readonly ConcurrentDictionary<int, int> _statuses = [];

    public IReadOnlyList<RememberedRequest> Requests => [.. _requests];

    public IReadOnlyDictionary<int, int> Statuses => _statuses;

    public void Remember(RememberedRequest request) => _requests.Enqueue(request);

    /// <summary>Counts one attempt; 0 where no answer came.</summary>
    public void Count(int status) => _statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
}
