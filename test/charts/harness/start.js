// Mounts the harness.
import { mount } from 'svelte';
import Harness from './Harness.svelte';

document.documentElement.dataset.theme = new URLSearchParams(location.search).get('theme') ?? 'light';
mount(Harness, { target: document.querySelector('#app') });
