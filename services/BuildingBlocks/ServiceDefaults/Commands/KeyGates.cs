namespace OrderToCash.ServiceDefaults;

/// <summary>
/// Requests of this process under one Idempotency-Key, one after the other. What one of them does may take long, and
/// callers repeat; whoever waits here holds no session of the database.
/// </summary>
internal sealed class KeyGates
{
    private readonly Dictionary<(string Caller, string Key), Gate> _gates = [];

    /// <summary>Waits until no other request of this process has the key; disposed of, it is the next one's.</summary>
    public async Task<IDisposable> EnterAsync(IdempotencyKey key, CancellationToken cancellation)
    {
        var name = (key.Caller, key.Key);
        Gate? gate;
        lock (_gates)
        {
            if (!_gates.TryGetValue(name, out gate))
                _gates[name] = gate = new Gate();
            gate.Requests++;
        }

        try
        {
            await gate.Turn.WaitAsync(cancellation);
        }
        catch
        {
            Leave(name, gate);
            throw;
        }

        return new Place(this, name, gate);
    }

    private void Leave((string Caller, string Key) name, Gate gate)
    {
        lock (_gates)
        {
            if (--gate.Requests == 0)
                _gates.Remove(name);
        }
    }

    private sealed class Gate
    {
        public SemaphoreSlim Turn { get; } = new(1);

        /// <summary>Who waits or is in.</summary>
        public int Requests { get; set; }
    }

    private sealed class Place(KeyGates gates, (string Caller, string Key) name, Gate gate) : IDisposable
    {
        public void Dispose()
        {
            gate.Turn.Release();
            gates.Leave(name, gate);
        }
    }
}
