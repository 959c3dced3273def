namespace OrderToCash.ServiceDefaults;

/// <summary>Tells recurring work of this process that there may be something to do before its time.</summary>
public abstract class WakeUp : IDisposable
{
    private readonly SemaphoreSlim _news = new(0, 1);

    /// <summary>Wakes it; several calls before it looks are one.</summary>
    public void Wake()
    {
        try
        {
            if (_news.CurrentCount == 0)
                _news.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another call was quicker: it is awake.
        }
    }

    /// <summary>Ends when woken or after this time.</summary>
    internal Task WaitAsync(TimeSpan time, CancellationToken cancellation) => _news.WaitAsync(time, cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        _news.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Wakes one kind of work; every process has one for each.</summary>
/// <typeparam name="TWork">What is woken.</typeparam>
public sealed class WakeUp<TWork> : WakeUp
    where TWork : RecurringWork;
