using OrderToCash.Local.Servers;

namespace OrderToCash.TestKit;

/// <summary>Where the tests' servers come from; each is started on first use.</summary>
internal interface IServerSource : IAsyncDisposable
{
    Task<PostgresServer> PostgresAsync();

    Task<RabbitServer> RabbitAsync();
}
