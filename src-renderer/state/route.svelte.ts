// The page's place, kept in the address: back works, a reload loses nothing.
import { addressOf, placeOf, type Place } from './route-address.ts';

export class Route {
  place = $state.raw<Place>({ kind: 'projects' });
  readonly #window: Pick<Window, 'location' | 'addEventListener' | 'history'>;

  constructor(view: Pick<Window, 'location' | 'addEventListener' | 'history'>) {
    this.#window = view;
    this.place = placeOf(view.location.hash);
    view.addEventListener('hashchange', () => {
      this.place = placeOf(view.location.hash);
    });
  }

  go(place: Place): void {
    const address = addressOf(place);
    if (this.#window.location.hash !== address) this.#window.location.hash = address;
    this.place = place;
  }

  /** As `go`, without a step for the back button. */
  replace(place: Place): void {
    this.#window.history.replaceState(null, '', addressOf(place));
    this.place = place;
  }
}
